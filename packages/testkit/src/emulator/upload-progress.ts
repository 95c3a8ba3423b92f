import type { ServerResponse } from "node:http";

/** The uploads that are going on, by the id that their clients gave them. */
export class UploadProgress {
	readonly #uploads = new Map<string, { readonly messages: object[]; done: boolean }>();
	readonly #waiting = new Set<() => void>();

	/** An upload begins, or has come further. */
	update(id: string, orig_name: string, chunk_size: number): void {
		this.#uploadOf(id).messages.push({ msg: "update", orig_name, chunk_size });
		this.#changed();
	}

	begin(id: string): void {
		this.#uploadOf(id);
		this.#changed();
	}

	finish(id: string): void {
		const upload = this.#uploadOf(id);
		upload.messages.push({ msg: "done" });
		upload.done = true;
		this.#changed();
	}

	has(id: string): boolean {
		return this.#uploads.has(id);
	}

	/** Calls `look` after every change until it says true or the answer is closed. */
	watch(response: ServerResponse, look: () => boolean): void {
		if (look()) return;
		const again = (): void => {
			if (look()) this.#waiting.delete(again);
		};
		this.#waiting.add(again);
		response.once("close", () => this.#waiting.delete(again));
	}

	/** What has not been told yet; undefined where there is no such upload. */
	take(id: string): { readonly messages: readonly object[]; readonly done: boolean } | undefined {
		const upload = this.#uploads.get(id);
		if (upload === undefined) return undefined;
		if (upload.done) this.#uploads.delete(id);
		return { messages: upload.messages.splice(0), done: upload.done };
	}

	#uploadOf(id: string): { readonly messages: object[]; done: boolean } {
		const known = this.#uploads.get(id);
		if (known !== undefined) return known;
		const made = { messages: [], done: false };
		this.#uploads.set(id, made);
		// Most are never asked for.
		const oldest = this.#uploads.keys().next().value;
		if (this.#uploads.size > 100 && oldest !== undefined) this.#uploads.delete(oldest);
		return made;
	}

	#changed(): void {
		for (const look of [...this.#waiting]) look();
	}
}
