export { createTcpServer as createServer, Socket } from "./node-http.ts";
