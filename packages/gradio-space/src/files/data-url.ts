const pattern = /^data:([a-z]+\/[\w.+-]+)?((?:;[\w-]+=[^;,]*)*?)(;base64)?,/i;

/** Whether a text begins as a data URL. */
export function isDataUrl(text: string): boolean {
	return text.startsWith("data:") && pattern.test(text.slice(0, 200));
}

/**
 * What a data URL says about itself, without a look at all of it.
 *
 * @param url - a data URL
 */
export function describeDataUrl(url: string): { mediaType?: string; size?: number } {
	const [head, mediaType, , base64] = pattern.exec(url.slice(0, 200)) ?? [];
	if (head === undefined) return {};
	const padding = url.endsWith("==") ? 2 : url.endsWith("=") ? 1 : 0;
	return {
		...(mediaType === undefined ? {} : { mediaType: mediaType.toLowerCase() }),
		...(base64 === undefined ? {} : { size: Math.floor(((url.length - head.length) * 3) / 4) - padding }),
	};
}
