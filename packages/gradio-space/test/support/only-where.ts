import { beforeEach } from "vitest";

/**
 * Skips the tests of the block where it stands, or of the file, in a runtime that cannot run them; the reason is in the report.
 *
 * @param can - whether this runtime can
 * @param reason - why it cannot
 */
export function onlyWhere(can: boolean, reason: string): void {
	beforeEach(({ skip }) => {
		if (!can) skip(reason);
	});
}
