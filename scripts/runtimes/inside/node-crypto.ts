import { Buffer } from "./globals.ts";

export const randomUUID = (): string => crypto.randomUUID();
export const randomBytes = (size: number): Buffer => Buffer.from(crypto.getRandomValues(new Uint8Array(size)));

/** Tells contents apart, as names of files in the emulator need it. It is no cryptography, which is asynchronous outside of Node. */
export function createHash(_algorithm: string): { update(bytes: string | Uint8Array): unknown; digest(form: "hex"): string } {
	let state = 0xcbf29ce484222325n;
	const hash = {
		update(bytes: string | Uint8Array) {
			for (const byte of Buffer.from(bytes as string)) state = BigInt.asUintN(64, (state ^ BigInt(byte)) * 0x100000001b3n);
			return hash;
		},
		digest: () => state.toString(16).padStart(16, "0").repeat(4),
	};
	return hash;
}
