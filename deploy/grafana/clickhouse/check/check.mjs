// node check.mjs LINES LAKE BROKER: a ClickHouse makes the tables, takes what a destination of type file wrote (LINES are lines of JSON, the
// very messages of type kafka; LAKE is a folder of Parquet by day), and runs every query of the dashboards. It fails unless each gives data,
// unless what comes twice changes nothing and what is revised counts, and unless Parquet and what BROKER holds say the same as the lines.
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { dashboards, filled } from "./dashboards.mjs";
import { Engine, literal, read, statements } from "./engine.mjs";

// mayBeNothing are panels that may say 0, with the reason.
const mayBeNothing = {
  "organisation: Bad now": "the newest three minutes may be good ones",
  "organisation: Open incidents": "every incident may be over",
  "site: Bad here now": "the newest three minutes may be good ones",
  "site: Open incidents here": "every incident may be over",
};

const [lines, lake] = process.argv.slice(2, 4).map((path) => resolve(path));
const broker = process.argv[4];
const engine = new Engine();
const failures = [];

// fail notes what is wrong, and goes on.
const fail = (text) => failures.push(text);

// kinds are those that the schema has tables for; Parquet holds no samples.
const kinds = ["samples", "minutes", "summaries", "incidents"];
const inParquet = kinds.slice(1);

// makeTables runs the schema in a database of a name, without what reads from a broker unless one is given. changed is what becomes of its
// statements.
function makeTables(name = "earshot", changed = (sql) => sql, from = "") {
  const kafka = /ENGINE = Kafka|\bFROM earshot\.queue\b/;
  const all = statements(read("schema.sql"));
  if (all.filter((sql) => kafka.test(sql)).length !== 2 || !all.slice(-2).every((sql) => kafka.test(sql)))
    throw new Error("schema.sql: a table of Kafka's and what reads it must come last, once: messages before that are lost");
  for (const sql of all.filter((sql) => from || !kafka.test(sql)))
    engine.run(changed(sql.replace(/(?<!')\bearshot\./g, `${name}.`).replace("NOT EXISTS earshot", `NOT EXISTS ${name}`).replace("kafka:9092", from)));
}

// insertLines hands over lines as Kafka's engine does messages, in their order, as a partition keeps it.
const insertLines = (name = "earshot") =>
  engine.run(`INSERT INTO ${name}.lines SELECT * FROM file(${literal(lines)}, JSONAsString) SETTINGS max_threads = 1, max_insert_threads = 1, input_format_parallel_parsing = 0`);

// countsMatch holds the tables to the lines.
function countsMatch() {
  for (const kind of kinds) {
    const sent = engine.one(`SELECT uniqExact(JSONExtractString(json, 'id')) FROM file(${literal(lines)}, JSONAsString, 'json String') WHERE JSONExtractString(json, 'kind') = '${kind}'`);
    const stored = engine.one(`SELECT count() FROM earshot.${kind} FINAL`);
    if (sent === 0 || sent !== stored) fail(`${kind}: ${sent} were sent, ${stored} are in the table`);
    const undated = engine.one(`SELECT count() FROM earshot.${kind} WHERE time < '2020-01-01' OR id = '' OR ${kind === "incidents" ? "earshot_incident_id" : "zoom_account_id"} = ''`);
    if (undated > 0) fail(`${kind}: ${undated} rows without id, time or whose they are`);
    console.log(`${kind}: ${stored} rows`);
  }
}

// says reports whether an answer says something: a row in which nothing is missing and a number is not 0, unless that may be the answer.
function says(rows, nothingIsFine) {
  return rows.map(Object.values).some((row) => !row.includes(null) && (nothingIsFine || row.some((v) => typeof v === "number" && v !== 0)));
}

// askEverything asks every panel until a choice of the variables gives data, and returns what was asked.
function askEverything(span) {
  const asked = [];
  for (const board of dashboards()) {
    for (const v of board.variables) {
      const [choice] = board.choices(engine, span, board.needed(v.sql));
      const offered = engine.rows(filled(v.sql, span, choice)).length;
      if (offered === 0) fail(`${board.name}: there is nothing to choose from for ${v.title}`);
    }
    for (const p of board.panels) {
      const name = `${board.name}: ${p.title}`;
      let answered = false;
      try {
        for (const choice of board.choices(engine, span, board.needed(p.sql))) {
          if (!says(engine.rows(filled(p.sql, span, choice)), name in mayBeNothing)) continue;
          asked.push({ name, sql: filled(p.sql, span, choice) });
          answered = true;
          break;
        }
        if (!answered) fail(`${name}: no data\n${p.sql}`);
      } catch (err) {
        fail(`${name}: ${err.message}`);
      }
    }
    console.log(`${board.name}: ${board.variables.length} variables, ${board.panels.length} panels`);
  }
  return asked;
}

// rows selects what two ways of arriving have in common. Of an incident every destination gets the newest state, and perhaps not all before it.
const rows = (name, kind, final) => (kind === "incidents" ? `SELECT * FROM ${name}.incidents_newest` : `SELECT * EXCEPT (written) FROM ${name}.${kind}${final}`);

// brokerSaysTheSame lets Kafka's engine take what the broker holds, and compares each row.
async function brokerSaysTheSame() {
  const patience = 120; // seconds: a consumer's group takes some to form, and what was read is written some later
  makeTables("queued", undefined, broker);
  const without = (kind, a, b) => engine.one(`SELECT count() FROM (${rows(a, kind, " FINAL")} EXCEPT ${rows(b, kind, " FINAL")})`);
  const differing = () => kinds.map((kind) => [kind, without(kind, "earshot", "queued"), without(kind, "queued", "earshot")]).filter(([, missing, other]) => missing + other > 0);
  let left = differing();
  for (let waited = 0; left.length > 0 && waited < patience; waited++) {
    await new Promise((done) => setTimeout(done, 1000));
    left = differing();
  }
  for (const [kind, missing, other] of left) fail(`${kind}: ${missing} rows of the lines are not what came from the broker, ${other} of those are not in the lines`);
  for (const kind of kinds) console.log(`${kind}: ${engine.one(`SELECT count() FROM queued.${kind} FINAL`)} rows from the broker`);
  const stuck = engine.rows("SELECT arrayDistinct(arrayMap(t -> substring(t, 1, 200), exceptions.text)) AS texts FROM system.kafka_consumers WHERE database = 'queued' AND notEmpty(texts)");
  if (stuck.length > 0) fail(`Kafka's engine: ${JSON.stringify(stuck)}`);
  engine.run("DROP DATABASE queued SYNC");
}

// settled is an answer that does not depend on when it is asked, nor on the order of rows that are equal, nor on that of a sum.
function settled(sql, now) {
  const rows = engine.rows(sql.replaceAll("now()", `toDateTime(${now})`));
  const rounded = (v) => (typeof v === "number" ? Number(v.toPrecision(9)) : v);
  return rows.map((row) => JSON.stringify(Object.values(row).map(rounded))).sort().join("\n");
}

// duplicatesChangeNothing sends the same lines again.
function duplicatesChangeNothing(asked, now) {
  const before = asked.map((q) => settled(q.sql, now));
  insertLines();
  const twice = engine.one("SELECT count() > uniqExact(id) FROM earshot.samples");
  if (twice !== 1) throw new Error("the same lines did not arrive twice: nothing was tried");
  asked.forEach((q, i) => {
    if (settled(q.sql, now) !== before[i]) fail(`${q.name}: the same lines sent twice change the answer\n${q.sql}`);
  });
}

// revisedCounts sends a minute again, as it is when its hour was computed again.
function revisedCounts() {
  const minute = JSON.parse(engine.one(`SELECT json FROM file(${literal(lines)}, JSONAsString, 'json String') WHERE JSONExtractString(json, 'kind') = 'minutes' LIMIT 1`));
  minute.revised = true;
  minute.attributes["earshot.grade"] = "revised";
  engine.run(`INSERT INTO earshot.lines VALUES (${literal(JSON.stringify(minute))})`);
  const rows = engine.rows(`SELECT revised, earshot_grade FROM earshot.minutes FINAL WHERE id = ${literal(minute.id)}`);
  if (rows.length !== 1 || !rows[0].revised || rows[0].earshot_grade !== "revised") fail(`a minute that was sent again as revised is ${JSON.stringify(rows)}`);
}

// parquetSaysTheSame fills tables of their own from Parquet: each row is one of those that the lines say, revised ones included. A further
// file, of a higher number, has some minutes again.
function parquetSaysTheSame() {
  makeTables("lake");
  makeTables("sent", (sql) => sql.replace("ENGINE = ReplacingMergeTree(written)", "ENGINE = MergeTree").replace(" FINAL", ""));
  insertLines("sent");
  const [day] = readdirSync(lake).filter((name) => name.startsWith("day="));
  const minutes = (name) => literal(join(lake, day, `minutes-${name}.parquet`));
  const statement = (sql) => sql.replaceAll("earshot.", "lake.").replaceAll("file('earshot/", `file('${lake}/`);
  for (const sql of statements(read("parquet.sql"))) engine.run(statement(sql));
  for (const kind of inParquet) {
    const held = engine.one(`SELECT count() FROM lake.${kind} FINAL`);
    const other = engine.one(`SELECT count() FROM (${rows("lake", kind, " FINAL")} EXCEPT ${rows("sent", kind, "")})`);
    if (held === 0) fail(`${kind}: no rows from Parquet`);
    if (other > 0) fail(`${kind}: ${other} of ${held} rows from Parquet are others than those from lines`);
    console.log(`${kind}: ${held} rows from Parquet`);
  }
  const some = `SELECT * REPLACE (true AS revised, 'revised' AS earshot_grade) FROM file(${minutes("*")}, Parquet) LIMIT 1 BY id LIMIT 50`;
  engine.run(`INSERT INTO FUNCTION file(${minutes("00000000000000999999")}, Parquet) ${some} SETTINGS use_hive_partitioning = 0`);
  for (const sql of statements(read("parquet.sql"))) engine.run(statement(sql)); // those of before once more
  const revised = engine.one("SELECT countIf(earshot_grade = 'revised') FROM lake.minutes FINAL");
  if (revised !== 50) fail(`${revised} of the 50 minutes of a file of a higher number count`);
}

const now = Math.floor(Date.now() / 1000);
const span = { from: now - 5400, to: now, step: 60 };
console.log(`ClickHouse ${engine.one("SELECT version()")}`);
makeTables();
insertLines();
countsMatch();
const asked = askEverything(span);
await brokerSaysTheSame();
parquetSaysTheSame();
duplicatesChangeNothing(asked, now);
revisedCounts();
engine.close();
for (const f of failures) console.error(`\n${f}`);
console.log(failures.length === 0 ? `${asked.length} queries give data` : `${failures.length} failures`);
process.exit(failures.length === 0 ? 0 : 1);
