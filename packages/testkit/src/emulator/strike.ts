import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

import type { CutFault, Fault, FaultPlan, HtmlPageFault, RedirectFault, RequestPoint, SilentFault, StatusFault } from "./fault.ts";
import { cutResponse, htmlType, jsonType } from "./http-answers.ts";

const errorPage = "<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Something went wrong</h1></body></html>";

/** Does what a fault asks for in the place of a whole answer. @returns whether there was one */
export function strike(faults: FaultPlan, point: RequestPoint, response: ServerResponse): boolean {
	const fault = faults.take(strikesAt(point));
	if (fault === undefined) return false;
	if (fault.kind === "cut") cutResponse(response, fault.how);
	else if (fault.kind !== "silent") {
		const { status, headers, body } = answerOf(fault);
		response.writeHead(status, { server: "uvicorn", ...headers }).end(body);
	}
	return true;
}

/** The same for the handshake of a WebSocket. */
export function strikeHandshake(faults: FaultPlan, socket: Socket): boolean {
	const fault = faults.take(strikesAt("handshake"));
	if (fault === undefined) return false;
	if (fault.kind === "silent") {
		// Read on, so that the end of the client is seen; sockets of an HTTP server stay half open by themselves.
		socket.on("end", () => socket.end()).resume();
	} else if (fault.kind === "cut") {
		if (fault.how === "close" || fault.how === "end") socket.end();
		else socket.resetAndDestroy();
	} else {
		const { status, headers, body } = answerOf(fault);
		refuseHandshake(socket, status, headers, body);
	}
	return true;
}

export function refuseHandshake(socket: Socket, status: number, headers: Readonly<Record<string, string>> = {}, body = ""): void {
	const lines = Object.entries({ ...headers, "content-length": String(Buffer.byteLength(body)), connection: "close" });
	socket.end(`HTTP/1.1 ${status} Refused\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`);
}

type RequestFault = SilentFault | CutFault | StatusFault | RedirectFault | HtmlPageFault;

const requestKinds: readonly string[] = ["silent", "cut", "status", "redirect", "html-page"] satisfies RequestFault["kind"][];

function strikesAt(point: RequestPoint): (fault: Fault) => fault is RequestFault {
	return (fault): fault is RequestFault => requestKinds.includes(fault.kind) && "at" in fault && fault.at === point;
}

function answerOf(fault: StatusFault | RedirectFault | HtmlPageFault): {
	status: number;
	headers: Readonly<Record<string, string>>;
	body: string;
} {
	if (fault.kind === "redirect") return { status: fault.status ?? 307, headers: { location: fault.location }, body: "" };
	if (fault.kind === "html-page")
		return { status: fault.status ?? 200, headers: { "content-type": htmlType }, body: fault.html ?? errorPage };
	const { status, headers = {}, body = "" } = fault;
	if (typeof body === "string") return { status, headers: { "content-type": "text/plain; charset=utf-8", ...headers }, body };
	return { status, headers: { "content-type": jsonType, ...headers }, body: JSON.stringify(body) };
}
