export { default as LimitedQueue } from "p-queue";
