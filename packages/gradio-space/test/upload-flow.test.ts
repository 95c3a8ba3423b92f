import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { setImmediate } from "node:timers/promises";

import { currentRuntime } from "@spaceport/testkit";
import { describe, expect, test, vi } from "vitest";

import { createSpace } from "../src/index.ts";
import { rejection } from "./support/collect.ts";
import { collectGarbage } from "./support/collect-garbage.ts";
import { countedSource } from "./support/counted-source.ts";
import { type FileServer, startFileServer } from "./support/file-server.ts";
import { onlyWhere } from "./support/only-where.ts";

const { name } = currentRuntime();
onlyWhere(name === "node" || name === "deno" || name === "bun", "servers of its tests cannot hold back what they read");

describe("a server that takes a beginning, and no more", () => {
	/** A server that takes a beginning, and no more. */
	function stuck(): Promise<FileServer> & { begun: Promise<IncomingMessage>; closed: Promise<void> } {
		const begun = Promise.withResolvers<IncomingMessage>();
		const closed = Promise.withResolvers<void>();
		const server = startFileServer((request) => {
			if (request.url !== "/gradio_api/upload") return false;
			request.once("data", () => {
				request.pause();
				begun.resolve(request);
			});
			request.once("close", closed.resolve);
			return true;
		});
		return Object.assign(server, { begun: begun.promise, closed: closed.promise });
	}

	test("a signal ends the request and the reading", async () => {
		const starting = stuck();
		await using server = await starting;
		const controller = new AbortController();
		const { stream, taken, cancelled } = countedSource(10_000, 65_536);
		const uploading = rejection(createSpace(server.url).upload(stream, { signal: controller.signal }));
		const request = await starting.begun;
		controller.abort(new Error("enough"));
		expect(await uploading).toMatchObject({ code: "aborted" });
		await cancelled;
		// A server that does not read does not see that the client is gone.
		request.resume();
		await starting.closed;
		expect(taken()).toBeLessThan(10_000);
	});

	test("a server that takes nothing more is a timeout", async () => {
		const starting = stuck();
		await using server = await starting;
		const { stream, cancelled } = countedSource(10_000, 65_536);
		const error = await rejection(createSpace(server.url, { idleMs: 150 }).upload(stream));
		expect(error).toMatchObject({ code: "timeout", phase: "idle", afterMs: 150 });
		await cancelled;
		(await starting.begun).resume();
		await starting.closed;
	});
});

describe("a slow reader", () => {
	test("holds the source back: no more is taken than fits on the way", async () => {
		const reading = Promise.withResolvers<void>();
		const begun = Promise.withResolvers<IncomingMessage>();
		let received = 0;
		await using server = await startFileServer(async (request, response) => {
			if (request.url !== "/gradio_api/upload") return false;
			request.pause();
			begun.resolve(request);
			await reading.promise;
			for await (const part of request) received += (part as Buffer).length;
			response.end('["/srv/x"]');
			return true;
		});
		const pieces = 320;
		const { stream, taken } = countedSource(pieces, 65_536);
		const uploading = createSpace(server.url).upload(stream);
		const request = await begun.promise;
		// The connection is full when nothing more is taken for a while.
		await vi.waitUntil(async () => {
			const before = taken();
			await new Promise((resolve) => setTimeout(resolve, 100));
			return taken() > 0 && taken() === before;
		});
		expect(taken() * 65_536).toBeLessThan(12_000_000);
		expect(request.complete).toBe(false);
		reading.resolve();
		expect(await uploading).toMatchObject({ size: pieces * 65_536 });
		expect(received).toBeGreaterThan(pieces * 65_536);
	});
});

test("a stream of 20 MB is never held whole", async () => {
	const size = 20 * 1024 * 1024;
	await using server = await startFileServer(async (request, response) => {
		if (request.url !== "/gradio_api/upload") return false;
		let received = 0;
		for await (const part of request) received += (part as Buffer).length;
		response.end(JSON.stringify([`/srv/${received > size}`]));
		return true;
	});
	const piece = randomBytes(65_536);
	const made: WeakRef<Uint8Array>[] = [];
	const alive = (): number => made.filter((each) => each.deref() !== undefined).length;
	let most = 0;
	const stream = new ReadableStream<Uint8Array>(
		{
			async pull(controller) {
				if (made.length * piece.length >= size) return controller.close();
				if (made.length % 80 === 79) {
					await setImmediate();
					collectGarbage?.();
					most = Math.max(most, alive());
				}
				const copy = new Uint8Array(piece);
				made.push(new WeakRef(copy));
				controller.enqueue(copy);
			},
		},
		{ highWaterMark: 0 },
	);
	const file = await createSpace(server.url).upload(stream);
	expect(file).toMatchObject({ path: "/srv/true", size });
	expect(made).toHaveLength(320);
	// What is on its way, and what the stages between hold: not hundreds.
	expect(most).toBeGreaterThan(0);
	expect(most).toBeLessThan(40);
});
