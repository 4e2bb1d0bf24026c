// Renders ZPL on zebrash (Go, compiled to wasm) for tools/labels/decode.py, which starts one of these and keeps it: the wasm takes over
// a second to start, a label a third of one. JSON lines: {"zpl": base64, "width_mm", "height_mm", "dpmm"} in, {"png": [base64]} or
// {"error": text} out, in order; {"ready": true} first.
import { createInterface } from "node:readline";
import { ready } from "zpl-renderer-js";

console.log = console.error; // stdout carries answers only

const { api } = await ready;
const answer = (words) => process.stdout.write(JSON.stringify(words) + "\n");
answer({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    const { zpl, width_mm, height_mm, dpmm } = JSON.parse(line);
    const text = Buffer.from(zpl, "base64").toString("utf8");
    answer({ png: await api.zplToBase64MultipleAsync(text, width_mm, height_mm, dpmm) });
  } catch (trouble) {
    answer({ error: String(trouble) });
  }
}
process.exit(0); // the Go runtime would keep the process alive
