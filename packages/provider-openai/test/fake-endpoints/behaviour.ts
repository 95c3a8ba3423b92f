/** An answer as it goes over the wire. */
export interface Reply {
	/** @default 200 */
	readonly status?: number;
	readonly headers?: Readonly<Record<string, string>>;
	/** JSON, or text as it is. */
	readonly body?: unknown;
	/** Events of a stream: JSON, or text as it is. */
	readonly events?: readonly unknown[];
	/** The connection is cut after that. */
	readonly cut?: true;
}

/** What a fake endpoint does, written down from what is known of the real one and not from its setting. What is left out it does as OpenAI does. */
export interface Behaviour {
	/** Fields that it refuses. */
	readonly refuses?: readonly string[];
	/** Fields that it knows: it refuses all others. */
	readonly knows?: readonly string[];
	/** The status that it refuses with. @default 400 */
	readonly refusal?: 400 | 422;
	/** Refuses `stop` as text. */
	readonly stop?: "list";
	/** Refuses content that is a list, or null. */
	readonly content?: "text";
	/** Refuses names of speakers. */
	readonly names?: false;
	/** Refuses other limits of an answer. */
	readonly maxTokens?: { readonly least?: number; readonly most?: number };
	/** Cuts answers that no limit is given for. */
	readonly cuts?: true;
	/** Refuses to stream. */
	readonly streams?: false;
	/** Refuses tools that are not to be called one by one. */
	readonly singleCalls?: true;
	/** Refuses schemas of tools with these keywords. */
	readonly schemaKeywords?: readonly string[];
	/** Refuses these types of `response_format`. */
	readonly formats?: readonly ("json_object" | "json_schema")[];
	/** Refuses a schema without `properties`. */
	readonly wantsProperties?: true;
	/** Turns requests away whose headers do not fit, as the edge in front of it does. */
	readonly headers?: Readonly<Record<string, RegExp>>;
	/** Whether it wants a key; `anonymous` is one that all may use; `absent` is for one that refuses each key but its own. */
	readonly key?: "required" | "optional" | "absent" | { readonly anonymous: string };
	/** What it says to a key that it does not know. */
	readonly badKey?: Reply;
	/** The name that its answers give their model. @default the one that was asked for */
	readonly answersAs?: string;
	/** Tells the usage of a stream without being asked. */
	readonly tellsUsage?: true;
	/** What it calls usage. */
	readonly usage?: unknown;
	/** What it says when it is asked too often. */
	readonly tooMany?: Reply;
	/** Where its list of models is. @default /models after its base URL's path */
	readonly listAt?: string;
	/** Gives its list to any key. */
	readonly listsForAll?: true;
	/** Where it says whether a key is good: by the keys, with what it answers. */
	readonly keyCheck?: { readonly at: string; readonly replies: Readonly<Record<string, number>> };
	/** What it answers to certain questions. */
	readonly replies?: Readonly<Record<string, Reply>>;
}

/** What comes of a question that a fake has a reply of its own for. */
export interface Expected {
	readonly text?: string;
	readonly reasoning?: string;
	readonly code?: string;
	readonly retryAfterMs?: number;
	readonly warnings?: readonly unknown[];
	readonly toolCalls?: readonly unknown[];
	readonly hint?: unknown;
	readonly asked?: string;
}

/** A fake, and what is to be seen through the setting. */
export interface Fake {
	readonly behaviour: Behaviour;
	/** Settings of the request that are not honoured, in the order of their warnings. */
	readonly lacks?: readonly string[];
	/** What the body of the full request has; `undefined` where it must not have it. */
	readonly wire?: Readonly<Record<string, unknown>>;
	/** What comes of a question that has a reply of its own, or of one for another model (`model: question`). */
	readonly outcomes?: Readonly<Record<string, Expected>>;
	/** What comes of a probe, by the key. */
	readonly probes?: Readonly<Record<string, string>>;
}
