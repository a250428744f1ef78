// Names as somebody who means harm would choose them, and as life does: markup, handlers, URLs that run, templates, text that
// turns direction, that has no width or no end. In hostile mode the mock server puts them wherever the API has words of
// others. Whatever runs sets a mark on the window, which a test looks for.
/** What a name that runs would do. */
const ACT = "window.__ran=1";

const SEEDS: readonly string[] = [
  `<script>${ACT}</script>`, `"><script>${ACT}</script>`, `</title><script>${ACT}</script>`, `</textarea><script>${ACT}</script>`, `<img src=x onerror=${ACT}>`, `<img src=x onerror="${ACT}">`, `"><img src=x onerror=${ACT}>`,
  `<svg onload=${ACT}>`, `<svg><script>${ACT}</script></svg>`, `<body onload=${ACT}>`, `<iframe srcdoc="<script>parent.__ran=1</script>"></iframe>`, `<iframe src="javascript:parent.__ran=1"></iframe>`, `<a href="javascript:${ACT}">open</a>`,
  `<details open ontoggle=${ACT}>`, `<video><source onerror=${ACT}></video>`, `<input autofocus onfocus=${ACT}>`, `<math><mtext></form><form><mglyph><style></math><img src onerror=${ACT}>`, `<style>*{display:none!important}</style>`,
  `<link rel=stylesheet href=//evil.example/x.css>`, `<meta http-equiv=refresh content="0;url=//evil.example">`, `<base href=//evil.example/>`, `<form action=//evil.example><button>go</button></form>`, `<object data="javascript:${ACT}">`,
  `javascript:${ACT}`, `JaVaScRiPt:${ACT}//`, `data:text/html,<script>${ACT}</script>`, `vbscript:msgbox(1)`, `//evil.example/`, `/\\evil.example`, `../../../../etc/passwd`, `%3Cscript%3E${ACT}%3C/script%3E`, `&lt;script&gt;${ACT}&lt;/script&gt;`, `&#60;script&#62;`,
  `" onmouseover="${ACT}" x="`, `' onfocus='${ACT}' x='`, `\` onclick=\`${ACT}\``, `"autofocus onfocus=${ACT} "`, `'-${ACT}-'`, `\\u003cscript\\u003e${ACT}`, `</script><script>${ACT}//`, `<!--<script>${ACT}//-->`, `]]><script>${ACT}</script>`,
  `{{constructor.constructor('${ACT}')()}}`, `\${${ACT}}`, `#{${ACT}}`, `<%= ${ACT} %>`, `{%raw%}`, `[[${"${7*7}"}]]`, "{{7*7}}", "__proto__", "constructor", "toString", "hasOwnProperty", "[object Object]", "undefined", "null", "NaN", "true", "0", "-1", "1e309",
  "=cmd|' /C calc'!A0", "=HYPERLINK(\"//evil.example\",\"x\")", "+1+1", "-2+3", "@SUM(1+1)", "\t=1+1", "\r=1+1", "'; DROP TABLE meetings;--", "' OR '1'='1", "\"; SELECT 1; --", "Robert'); DROP TABLE students;--", "%s%s%s%n", "%00", "$(reboot)", "`reboot`", "| rm -rf /", "; ls",
  "\u202Egnp.exe", "\u202Etxt.nimda\u202C", "\u2066\u202E<b>\u2069", "שלום עולם", "مرحبا بالعالم ‏", "\u200B\u200B\u200B", "\u200D", "\uFEFFname", "a\u200Bb\u200Cc", "\u00AD\u00AD", "Z\u0351\u036B\u0343\u036A\u0302\u036B\u033D\u034F\u0334\u0319a\u0324\u031Elgo".repeat(4), "e\u0301\u0301\u0301".repeat(40),
  "👩‍👩‍👧‍👦", "🏳️‍🌈🏴‍☠️", "😀".repeat(60), "👍🏿👍🏻", "\uD800", "\uDC00x", "a\u0000b", "\u0000", "\u0007bell", "\u001B[31mred", "line\nbreak", "line\r\nbreak", "tab\tbed", "\u2028\u2029", "   ", "\u00A0", "　", "﷽", "𒐫𒐫𒐫", "Ｆｕｌｌｗｉｄｔｈ", "ﬁﬂﬀ", "İıſK", "ß", "Ω≈ç√∫˜µ≤≥÷", "田中さんにあげて下さい",
  "x".repeat(10_000), "word ".repeat(2000), "W".repeat(300), "<b>".repeat(300), "漢".repeat(500), "a-".repeat(600), "/".repeat(800), "\u202E".repeat(200), ".", "..", "/", "\\", "'", "\"", "`", "<", ">", "&", "<>", "&amp;", "&nbsp;", "#", "?", "%", "()", "*", "https://example.com/" + "p".repeat(400),
];

/** Three hundred: the ones above, and the same dressed as people do. */
export const HOSTILE_NAMES: readonly string[] = Array.from({ length: 300 }, (_, i) => {
  const seed = SEEDS[i % SEEDS.length] as string;
  return i < SEEDS.length ? seed : i < 2 * SEEDS.length ? `Ann ${seed}` : `${seed} (${i})`;
});

/** The keys of the API whose words come from others. */
const WORDS = new Set([
  "topic", "host", "name", "title", "detail", "email", "pc_name", "domain", "microphone", "speaker", "camera", "device", "device_detail", "isp", "location", "data_center", "client", "client_version", "leave_reason", "code", "network", "network_type",
  "connection_type", "from_name", "sentence", "evidence", "text", "hint", "uuid", "in_meeting_id", "zoom_id", "extension", "number", "mac", "disk_id", "account_zoom_id", "key", "label", "subject", "note", "building", "city", "reason_text", "receiver_error",
]);

/** Gives each word of others a hostile one, the same one each time, all three hundred in turn. */
export class HostileWords {
  #given = new Map<string, string>();

  /** For JSON.stringify. */
  replace = (key: string, value: unknown): unknown => {
    if (typeof value !== "string" || value === "" || !WORDS.has(key)) return value;
    let word = this.#given.get(value);
    if (word === undefined) {
      word = HOSTILE_NAMES[this.#given.size % HOSTILE_NAMES.length] as string;
      this.#given.set(value, word);
    }
    return word;
  };

  /** How many of them were given. */
  get used(): number { return Math.min(this.#given.size, HOSTILE_NAMES.length); }
}
