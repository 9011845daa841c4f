export * from "./errors.d.ts";
