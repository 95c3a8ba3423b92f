export const randomUUID = (): string => crypto.randomUUID();
export const randomBytes = (size: number): Uint8Array => crypto.getRandomValues(new Uint8Array(size));
