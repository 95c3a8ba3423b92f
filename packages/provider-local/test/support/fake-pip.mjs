// Stands in for pip: `fake-pip.mjs MODE FILE download … --dest FOLDER …`. Modes: copy the wheel, fail as pip does, or hang.
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [mode, file, ...args] = process.argv.slice(2);
const folder = args[args.indexOf("--dest") + 1];
if (mode === "copy") copyFileSync(file, join(folder, "package-1.0-py3-none-any.whl"));
if (mode === "fail") {
	process.stderr.write("WARNING: something else\nERROR: No matching distribution found for package==1.0\n");
	process.exitCode = 1;
}
if (mode === "hang") {
	writeFileSync(file, String(process.pid));
	writeFileSync(join(folder, "begun.whl"), "half a wheel");
	setInterval(() => {}, 1000);
}
