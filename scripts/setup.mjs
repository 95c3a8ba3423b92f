/**
 * Installs the workspace's packages when they are missing or out of date. npm runs it before `npm start` and `npm test`.
 *
 * It runs on whatever Node the machine has, before anything is installed: plain JavaScript, built-in modules, Node 20 or later. It writes to stderr
 * alone, because stdout belongs to the program that runs after it, and it never reads stdin.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const oldestNode = 20;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const stamp = join(modules, ".spaceport-setup");
const lock = join(root, ".setup.lock");
const workspaceNode = join(modules, ".bin", "node");
const longestWaitMs = 15 * 60_000;
const pollMs = 200;

class SetupError extends Error {}

try {
	const major = Number(process.versions.node.split(".")[0]);
	if (major < oldestNode) {
		throw new SetupError(
			`Spaceport's set-up needs Node ${oldestNode} or later, and this is Node ${process.versions.node}. Install a newer Node and try again.`,
		);
	}
	if (!isUpToDate()) await withLock(install);
} catch (error) {
	if (!(error instanceof SetupError)) throw error;
	say(error.message);
	process.exitCode = 1;
}

/** True where the last complete install was made from exactly these files, on this kind of machine, and its Node is there. */
function isUpToDate() {
	return readText(stamp) === fingerprint() && existsSync(workspaceNode);
}

/** A hash of everything that decides what an install gives. */
function fingerprint() {
	const hash = createHash("sha256").update(`${process.platform} ${process.arch}\n`);
	for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json", ...packageManifests()]) {
		hash
			.update(`${file}\n`)
			.update(readFileSync(join(root, file)))
			.update("\n");
	}
	return hash.digest("hex");
}

/** The package.json of each workspace package, in a fixed order. The patterns are read from pnpm-workspace.yaml: a folder, or `folder/*`. */
function packageManifests() {
	const list = /^packages:\n((?:[ \t]+-.*\n|\s*#.*\n)+)/m.exec(readFileSync(join(root, "pnpm-workspace.yaml"), "utf8"))?.[1] ?? "";
	const folders = [];
	for (const [, pattern] of list.matchAll(/^[ \t]+-[ \t]*["']?([^"'\s#]+)/gm)) {
		if (!pattern.endsWith("/*")) {
			folders.push(pattern);
			continue;
		}
		const parent = pattern.slice(0, -2);
		if (existsSync(join(root, parent))) folders.push(...readdirSync(join(root, parent)).map((name) => `${parent}/${name}`));
	}
	return folders
		.map((folder) => `${folder}/package.json`)
		.filter((file) => existsSync(join(root, file)))
		.sort();
}

async function install() {
	// Another process may have finished the same work while this one waited for the lock.
	if (isUpToDate()) return;
	const version = /^pnpm@([^+]+)/.exec(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).packageManager)?.[1];
	if (version === undefined) throw new SetupError('package.json has no "packageManager" that names a version of pnpm.');

	const wanted = fingerprint();
	const startedAt = Date.now();
	rmSync(stamp, { force: true });
	say(
		`Installing the workspace's packages with pnpm ${version} (${existsSync(modules) ? "they changed, or were not complete" : "the first time"}) …`,
	);
	const result = await run("npx", ["--yes", `pnpm@${version}`, "install", "--frozen-lockfile", "--reporter=append-only"]);
	if (result.code !== 0) throw new SetupError(explain(result));

	const check = spawnSync(workspaceNode, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
	if (check.status !== 0) {
		const why = check.error?.message ?? check.stderr.trim();
		throw new SetupError(
			`The packages are installed, but the workspace's own Node (${relative(root, workspaceNode)}) does not run: ${why}\n` +
				"Its install script has to be allowed: look for ignore-scripts in your npm and pnpm settings, delete node_modules and try again.",
		);
	}
	// The stamp comes last and whole, so that an interrupted install is never taken for a finished one.
	mkdirSync(modules, { recursive: true });
	writeFileSync(`${stamp}.new`, wanted);
	renameSync(`${stamp}.new`, stamp);
	say(`Installed in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`);
}

/** Runs a command without stdin, in a process group of its own, and collects all that it prints. Signals to this process end the whole group. */
function run(command, args) {
	return new Promise((resolve) => {
		const child = spawn(command, args, { cwd: root, env: installEnvironment(), stdio: ["ignore", "pipe", "pipe"], detached: true });
		let output = "";
		for (const stream of [child.stdout, child.stderr]) {
			stream.setEncoding("utf8").on("data", (text) => {
				output += text;
			});
		}
		const forward = (signal) => {
			try {
				process.kill(-child.pid, signal);
			} catch {
				// The group is gone already.
			}
			rmSync(lock, { force: true });
			process.exit(128 + constants.signals[signal]);
		};
		const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
		for (const signal of signals) process.on(signal, forward);
		const settle = (result) => {
			for (const signal of signals) process.off(signal, forward);
			resolve(result);
		};
		child.on("error", (error) => settle({ code: 1, output: String(error.message), missing: error.code === "ENOENT" }));
		child.on("close", (code) => settle({ code: code ?? 1, output, missing: false }));
	});
}

/**
 * The environment of the install. The workspace's own `node_modules/.bin` is taken off the PATH: npm puts it first, and half-installed programs there must
 * not be the ones that repair it. `CI` keeps pnpm from asking questions.
 */
function installEnvironment() {
	const path = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== modules && !folder.startsWith(modules + sep));
	return {
		...process.env,
		PATH: [dirname(process.execPath), ...path].join(delimiter),
		CI: "true",
		NO_COLOR: "1",
		npm_config_loglevel: "error",
		npm_config_prefer_offline: "true",
		npm_config_audit: "false",
		npm_config_fund: "false",
		npm_config_update_notifier: "false",
		// Both ask again a few times, and soon: without a network the failure has to come within seconds, not minutes.
		npm_config_fetch_retries: "2",
		npm_config_fetch_retry_mintimeout: "1000",
		npm_config_fetch_retry_maxtimeout: "5000",
		pnpm_config_fetch_retries: "1",
		pnpm_config_fetch_retry_mintimeout: "1000",
		pnpm_config_fetch_retry_maxtimeout: "2000",
	};
}

/** Says in words what went wrong, with the end of the log. */
function explain({ output, missing }) {
	if (missing) return "npx was not found. It comes with npm: install npm, or put it on the PATH, and try again.";
	const log = output.trim().split("\n").slice(-20).join("\n");
	if (
		/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|META_FETCH_FAIL|dns error|error sending request/i.test(
			output,
		)
	) {
		return `${log}\n\nThe npm registry could not be reached. Installing needs the network, once; after that no network is needed. Check the connection (and HTTPS_PROXY, if you are behind a proxy) and try again.`;
	}
	if (/OUTDATED_LOCKFILE|FROZEN_LOCKFILE|lockfile is out of date|not up to date/i.test(output)) {
		return `${log}\n\npnpm-lock.yaml does not fit a package.json. After changing dependencies run: npx pnpm install`;
	}
	return `${log}\n\nThe workspace's packages could not be installed; above is the end of the log. Deleting node_modules and trying again helps where an earlier install was broken.`;
}

/** Runs the action in one process at a time. A lock that a dead process left behind is taken over. */
async function withLock(action) {
	const giveUpAt = Date.now() + longestWaitMs;
	let told = false;
	while (!tryLock()) {
		if (takeOverDeadLock()) continue;
		if (Date.now() > giveUpAt) {
			throw new SetupError(
				`Another set-up has held ${relative(root, lock)} for ${longestWaitMs / 60_000} minutes. If none is running, delete that file and try again.`,
			);
		}
		if (!told) say("Another set-up of this workspace is running; waiting for it …");
		told = true;
		await new Promise((resolve) => setTimeout(resolve, pollMs));
	}
	try {
		await action();
	} finally {
		rmSync(lock, { force: true });
	}
}

function tryLock() {
	try {
		writeFileSync(lock, String(process.pid), { flag: "wx" });
		return true;
	} catch (error) {
		if (error.code === "EEXIST") return false;
		throw new SetupError(`The set-up cannot write to ${root}: ${error.message}`);
	}
}

/** Removes a lock whose process is dead. Only one process at a time may do so, or a second one would remove the lock that the first has just made. */
function takeOverDeadLock() {
	if (isHeld()) return false;
	const guard = `${lock}.guard`;
	try {
		mkdirSync(guard);
	} catch {
		// A process that died between these two lines left the guard behind.
		if (ageMs(guard) > 10_000) rmSync(guard, { recursive: true, force: true });
		return false;
	}
	try {
		if (isHeld()) return false;
		rmSync(lock, { force: true });
		return true;
	} finally {
		rmSync(guard, { recursive: true, force: true });
	}
}

function isHeld() {
	const owner = Number(readText(lock));
	// An empty lock is one that is being written, unless it has been so for long.
	if (!Number.isInteger(owner) || owner <= 0) return ageMs(lock) < 10_000;
	try {
		process.kill(owner, 0);
		return true;
	} catch (error) {
		return error.code === "EPERM";
	}
}

function ageMs(path) {
	try {
		return Date.now() - statSync(path).mtimeMs;
	} catch {
		return 0;
	}
}

function readText(path) {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return undefined;
	}
}

function say(line) {
	process.stderr.write(`${line}\n`);
}
