// A ClickHouse within the process, and the files of the folder above as it takes them.
import { readFileSync } from "node:fs";
import { Session } from "chdb";

const folder = new URL("../", import.meta.url);

// read gives a file of the folder above.
export const read = (name) => readFileSync(new URL(name, folder), "utf8");

// statements are those of a file, without its comments.
export function statements(text) {
  const bare = text.replace(/^\s*--.*$/gm, "");
  return bare.split(";").map((s) => s.trim()).filter(Boolean);
}

// literal is a text as ClickHouse reads it; Grafana's ${name:sqlstring} doubles quotes in the same way.
export const literal = (text) => `'${String(text).replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;

// Engine is a database in a temporary folder.
export class Engine {
  #session = new Session();

  // run executes a statement, and says which when it fails.
  run(sql) {
    try {
      return this.#session.query(sql, "JSONEachRow");
    } catch (err) {
      throw new Error(`${err.message}\n${sql}`);
    }
  }

  // rows are what a query answers.
  rows(sql) {
    const text = this.run(sql).trim();
    return text === "" ? [] : text.split("\n").map((line) => JSON.parse(line));
  }

  // one is the only value of the only row.
  one(sql) {
    return Object.values(this.rows(sql)[0])[0];
  }

  close() {
    this.#session.close();
  }
}
