const WORDS: Record<string, string> = {
  "zoom-user": "Zoom user", registrant: "registration", "customer-key": "customer key", email: "e-mail", "name-device": "name and device", nothing: "nothing: each join is a person of its own",
};

/** How Earshot tells this person from others. */
export const knownByWord = (key: string): string => WORDS[key] ?? key;
