/** What a request is refused with: a status, words, and whose field they are about. */
export class Refusal extends Error {
  readonly status: number;
  readonly errors: { message: string; location: string }[];

  constructor(status: number, detail: string, errors: { message: string; location: string }[] = []) {
    super(detail);
    this.status = status;
    this.errors = errors;
  }
}
