// The queries of the dashboards, asked as Grafana's ClickHouse data source asks them.
import { literal, read } from "./engine.mjs";

const names = ["organisation", "site", "meeting", "participant", "phone"];

// tried is how many values of a variable are tried: a meeting may be without screen sharing, a person without Wi-Fi.
const tried = 25;

// Dashboard is a file of queries/: its variables and its panels, each with a title and a query.
class Dashboard {
  constructor(name) {
    this.name = name;
    this.variables = [];
    this.panels = [];
    for (const part of `\n${read(`queries/${name}.sql`)}`.split("\n-- ").slice(1)) {
      const end = part.indexOf("\n");
      const [kind, title] = part.slice(0, end).split(": ");
      const query = { title, sql: part.slice(end + 1).trim().replace(/;$/, "") };
      if (kind === "variable") this.variables.push(query);
      else if (kind === "panel") this.panels.push(query);
      else throw new Error(`${name}.sql: "-- ${kind}" is neither a variable nor a panel`);
    }
  }

  // needed are the variables that a query names, those before them that they name in turn included.
  needed(sql) {
    const names = this.variables.filter((v) => sql.includes(`\${${v.title}:sqlstring}`));
    for (const v of names) names.push(...this.needed(v.sql).filter((w) => !names.includes(w)));
    return this.variables.filter((v) => names.includes(v));
  }

  // choices are values for the variables that a query needs, as Grafana would offer them.
  *choices(engine, span, variables, chosen = {}) {
    if (variables.length === 0) {
      yield chosen;
      return;
    }
    const [first, ...rest] = variables;
    for (const row of engine.rows(filled(first.sql, span, chosen)).slice(0, tried)) {
      yield* this.choices(engine, span, rest, { ...chosen, [first.title]: Object.values(row)[0] });
    }
  }
}

export const dashboards = () => names.map((name) => new Dashboard(name));

// filled is a query with the data source's macros and Grafana's variables put in. A span is from and to in seconds, and step.
export function filled(sql, span, chosen = {}) {
  const full = sql
    .replace(/\$__timeFilter\((\w+)\)/g, `$1 >= toDateTime(${span.from}) AND $1 <= toDateTime(${span.to})`)
    .replace(/\$__timeInterval\((\w+)\)/g, `toStartOfInterval(toDateTime($1), INTERVAL ${span.step} second)`)
    .replace(/\$\{(\w+):sqlstring\}/g, (whole, name) => (name in chosen ? literal(chosen[name]) : whole));
  if (full.includes("$")) throw new Error(`a macro or variable that nobody knows: ${full}`);
  return full;
}
