// Loaded before a program whose start is measured: writes the CPU time of the whole process to the fourth pipe at its end.
import { writeSync } from "node:fs";

process.on("exit", () => {
	const { user, system } = process.cpuUsage();
	writeSync(3, String((user + system) / 1000));
});
