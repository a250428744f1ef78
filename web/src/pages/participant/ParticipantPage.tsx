export function ParticipantPage() { return null; }
