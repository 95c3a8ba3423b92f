import { isSpaceportError } from "@spaceport/core";
import type { BoundedText, HttpResponse } from "@spaceport/http";

import { explained, type ToError } from "../space-failure.ts";
import { brokenOff } from "../transport/broken-off.ts";
import { refused } from "../transport/event-stream.ts";
import { type ConfigResult, largestConfig } from "./fetch-config.ts";

/** Characters of a body that is no config, as far as it is looked at. */
const longestSample = 64 * 1024;

/**
 * What it means that something else than a config came.
 *
 * @param answer - what came
 * @param body - what was read of it, where its status was one of success
 * @param toError - makes the error of a fact
 * @param signal - ends the reading
 * @throws SpaceportError, or a SpaceFailure, where a call by fixed numbers is not possible either
 */
export async function unusableConfig(
	answer: HttpResponse,
	body: BoundedText | undefined,
	toError: ToError,
	signal: AbortSignal,
): Promise<ConfigResult> {
	if (body === undefined) {
		const error = await refused(answer, "config", toError, signal);
		if (answer.response.status === 404) return { kind: "unusable", error };
		throw error;
	}
	if (body.end !== "whole") throw brokenOff(body, "config", largestConfig, toError);
	const error = await explained(toError({ kind: "unreadable", phase: "config", body: body.text.slice(0, longestSample) }), signal);
	// A page that the hub shows in place of the Space: there is nothing to join.
	if (isSpaceportError(error, "space-unavailable")) throw error;
	return { kind: "unusable", error };
}
