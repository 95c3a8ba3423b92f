export { createHealthBook } from "./health-book.ts";
export { restingError, restingReason } from "./resting-error.ts";
