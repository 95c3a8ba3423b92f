import type { SpaceProviderDefinition } from "../define-space-provider.ts";

/** How a turn of a conversation goes: what of a definition is about it. */
export type SpaceTurn = Pick<SpaceProviderDefinition, "api" | "contract" | "fallback" | "toData" | "fromData"> &
	Required<Pick<SpaceProviderDefinition, "steps" | "settings" | "parts">>;
