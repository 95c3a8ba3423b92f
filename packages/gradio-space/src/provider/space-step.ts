import { InvalidRequestError, type ProviderRequest } from "@spaceport/core";

import type { SubmitInputs } from "../create-space.ts";
import type { OutputReading } from "../decode/text-deltas.ts";
import type { ApiName, FixedEndpoint } from "../handshake/bind-by-name.ts";
import type { EndpointContract } from "../introspect/check-contract.ts";
import type { SpaceAnswer } from "./space-answer.ts";
import type { SpaceCall } from "./space-call.ts";

/** A call that a Space needs before the one that answers. It is made in the same session, so what the app keeps of it is there. */
export interface SpaceStep<StepName extends string = string> {
	/** How later calls find its outputs, `call.outputs.<name>`, and errors name it. */
	readonly name: StepName;
	/** Name of the function, such as `/add_message`, or several of which the first counts that the Space has. One that the app has past the queue is called past it. */
	readonly api: ApiName;
	/** What the function has to take and give, as in the definition. */
	readonly contract?: EndpointContract | string;
	/** The function's numbers, as in the definition. */
	readonly fallback?: FixedEndpoint;
	/** Whether it is needed for this request. @default it is */
	readonly when?: (request: ProviderRequest) => boolean;
	/**
	 * Its inputs for a request.
	 *
	 * @param request - what is asked, its messages as a list
	 * @param call - what the function takes, and what the steps before gave
	 */
	readonly toData: (request: ProviderRequest, call: SpaceCall) => SubmitInputs;
	/**
	 * The answer so far, where this step already gives some of it, such as the model's thoughts: read as the definition's `fromData` reads, into the same answer.
	 * Progress and logs are shown without it.
	 */
	readonly fromData?: (data: readonly unknown[], request: ProviderRequest, final: boolean, answer: SpaceAnswer) => OutputReading;
}

/**
 * Looks at the names of steps.
 *
 * @throws InvalidRequestError where two are the same, or one is no name
 */
export function checkSteps(steps: readonly SpaceStep[]): void {
	for (const [index, { name }] of steps.entries()) {
		if (typeof name === "string" && name !== "" && steps.findIndex((other) => other.name === name) === index) continue;
		throw new InvalidRequestError(`The step's name ${JSON.stringify(name)} is empty, or another one's.`, { path: `steps[${index}].name` });
	}
}
