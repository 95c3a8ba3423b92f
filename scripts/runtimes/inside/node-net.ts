export { connect, createTcpServer as createServer, Socket } from "./node-http.ts";
