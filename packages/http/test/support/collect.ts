/** All that a stream gives. */
export function collect<Value>(stream: AsyncIterable<Value>): Promise<Value[]> {
	return Array.fromAsync(stream);
}
