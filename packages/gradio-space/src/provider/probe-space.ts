import type { AttemptContext } from "@spaceport/core";

import type { SpaceCaller } from "../create-space.ts";
import type { TurnOf } from "../define-space-provider.ts";
import { bindEndpoint } from "../handshake/bind-endpoint.ts";
import { explained } from "../space-failure.ts";
import type { SpaceTurn } from "./space-turn.ts";

/**
 * Looks whether a Space can be called: by the hub's word on its stage, which does not wake it, then by its config, read anew, and whether that has the function. No
 * job is begun.
 *
 * @param space - the Space
 * @param turn - how a turn goes; where that is found out from the Space itself, any config will do
 * @param context - signal, deadlines and logger
 * @throws SpaceportError that says what is wrong where it cannot
 */
export async function probeSpace(space: SpaceCaller, turn: SpaceTurn | TurnOf, context: AttemptContext): Promise<void> {
	const { signal, logger } = context;
	const { connectMs } = context.deadlines;
	const { locator } = space;
	const word = locator.onHub ? await locator.stage({ signal, connectMs }) : undefined;
	if (word !== undefined && word.stage !== "running" && word.stage !== "unknown") {
		const { stage, reported } = word;
		throw await explained(space.toError({ kind: "not-running", stage, reported, afterMs: undefined }), signal);
	}
	space.forget();
	await space.withConfig(
		signal,
		async (config, { protocol }) => {
			if (typeof turn === "function") return;
			const bound = bindEndpoint(config, turn.api, turn.fallback, protocol);
			if ("kind" in bound) throw space.changed(bound);
		},
		{ connectMs, wakeMs: 0, logger },
	);
}
