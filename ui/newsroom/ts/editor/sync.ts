// Saving: when a save is sent, what happens with its answer, and when it is
// tried again. One save is under way at a time; a save whose outcome is not
// known is sent again unchanged, which the server takes for the same one.

import { idOf } from "./json";
import { Ledger, type Content, type Delta, type LedgerJSON, type Outgoing, type Payload, type Plan } from "./ledger";

/** What became of a request. */
export type Answer =
  | { kind: "ok"; delta: Delta; at?: Date }
  | { kind: "again"; after?: number } // no connection, or the server cannot now
  | { kind: "signed_out" }
  | { kind: "refused"; status: number; message: string; field?: string };

/** The page, or what stands in for it when there is none. */
export interface Side {
  content(): Content;
  take(plan: Plan): void;
}

/** The clock: now in milliseconds, and a call after some, that can be called off. */
export interface Clock {
  now(): number;
  after(ms: number, call: () => void): () => void;
}

/** How saving stands. */
export type State =
  | { is: "saved"; at?: Date | undefined }
  | { is: "waiting" | "saving" | "offline" | "signed_out" }
  | { is: "refused"; status: number; message: string; block: string };

/** Everything that has to survive a crash of the browser. */
export interface SyncJSON {
  ledger: LedgerJSON;
  out: { payload: Payload; units: [string, string | undefined | null][]; order: string[]; whole: boolean } | null;
  content: { order: string[]; blocks: [string, string][]; fields: [string, string][] };
}

const QUIET = 700; // ms without a key until a save leaves
const LONGEST = 1400; // ms from the first unsaved change to its save
const BACKOFF = [1000, 2000, 5000, 10_000, 20_000, 30_000];

/** The save loop of one page. */
export class Sync {
  state: State = { is: "saved" };
  private out: Outgoing | null = null;
  private busy = false;
  private since = 0; // the first change that no save holds yet
  private tries = 0;
  private stop: (() => void) | null = null;
  private waiters: ((ok: boolean) => void)[] = [];

  constructor(
    public ledger: Ledger,
    private readonly side: Side,
    private readonly send: (p: Payload) => Promise<Answer>,
    private readonly clock: Clock,
    private readonly tell: (s: State) => void,
  ) {}

  /** Something changed on the page. */
  touch(): void {
    const now = this.clock.now();
    this.since ||= now;
    if (this.state.is === "saved") this.show({ is: "waiting" });
    if (this.busy || this.state.is === "offline" || this.state.is === "signed_out" || this.stuck()) return;
    this.plan(Math.max(0, Math.min(QUIET, this.since + LONGEST - now)));
  }

  /** Whether saving waits for a person: the story is gone, or may not be changed. */
  private stuck(): boolean {
    return this.state.is === "refused" && this.state.status !== 400 && this.state.status !== 422;
  }

  /** Whether something is not at the server yet. */
  pending(): boolean {
    return this.out !== null || this.ledger.dirty(this.side.content());
  }

  /** Saves now; true once everything is saved, false if it cannot be for now. */
  flush(): Promise<boolean> {
    if (!this.pending()) return Promise.resolve(true);
    return new Promise((done) => {
      this.waiters.push(done);
      this.again();
    });
  }

  /** Tries at once, after a sign-in, when the connection is back, or on a button. */
  again(): void {
    this.tries = 0;
    if (!this.busy) this.plan(0);
  }

  /** Takes in what others did, unless a save is under way, whose answer brings it. */
  absorb(delta: Delta): void {
    if (this.out || delta.seq < this.ledger.seq) return;
    this.take(null, delta);
    if (this.pending()) this.touch();
  }

  private take(out: Outgoing | null, delta: Delta): void {
    this.side.take(this.ledger.absorb(out, delta, this.side.content()));
  }

  private plan(ms: number): void {
    this.stop?.();
    this.stop = this.clock.after(ms, () => {
      this.stop = null;
      void this.run();
    });
  }

  private async run(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.since = 0;
    try {
      this.out ??= this.ledger.next(this.side.content());
      while (this.out) {
        this.show({ is: "saving" });
        const answer = await this.send(this.out.payload);
        if (!this.answered(answer)) return;
        this.out = this.ledger.next(this.side.content());
      }
      this.settle(true);
    } finally {
      this.busy = false;
    }
    if (this.state.is !== "saved") this.show({ is: "saved", at: this.at });
  }

  private at: Date | undefined;
  private doubted = false;

  /** Whether the next save may follow at once. */
  private answered(answer: Answer): boolean {
    switch (answer.kind) {
      case "ok": {
        const out = this.out;
        this.out = null;
        this.tries = 0;
        this.doubted = false;
        this.at = answer.at;
        this.take(out, answer.delta);
        return this.waiters.length > 0 || this.more();
      }
      case "again":
        this.show({ is: "offline" });
        this.plan(answer.after ?? BACKOFF[Math.min(this.tries++, BACKOFF.length - 1)]!);
        break;
      case "signed_out":
        this.show({ is: "signed_out" });
        this.plan(5000);
        break;
      case "refused": {
        const at = /^blocks\[(\d+)\]/.exec(answer.field ?? "");
        const block = at && this.out?.payload.blocks?.[Number(at[1])];
        this.out = null;
        // The server does not know a block that it should: it gets all of them, once.
        if (answer.field?.startsWith("order") && !this.doubted) {
          this.doubted = true;
          this.ledger.doubt();
          return true;
        }
        this.show({ is: "refused", status: answer.status, message: answer.message, block: block ? idOf(block) : "" });
      }
    }
    this.settle(false);
    return false;
  }

  /** After a save: what was typed meanwhile goes by the ordinary pace, what is stale at once. */
  private more(): boolean {
    if (this.ledger.stale.size || !this.pending()) return true;
    this.show({ is: "waiting" });
    this.since = this.clock.now();
    this.plan(QUIET);
    return false;
  }

  private settle(ok: boolean): void {
    const waiters = this.waiters;
    this.waiters = [];
    for (const done of waiters) done(ok);
  }

  private show(s: State): void {
    this.state = s;
    this.tell(s);
  }

  /** Everything as plain data, for the browser's own store. */
  toJSON(): SyncJSON {
    const c = this.side.content();
    return {
      ledger: this.ledger.toJSON(),
      out: this.out && { ...this.out, units: [...this.out.units].map(([k, v]) => [k, v ?? null]) },
      content: { order: c.order, blocks: [...c.blocks], fields: [...c.fields] },
    };
  }

  /** Goes on with a save that was under way when the browser ended. */
  resume(j: SyncJSON): void {
    this.ledger = Ledger.fromJSON(j.ledger);
    this.out = j.out && { ...j.out, units: new Map(j.out.units.map(([k, v]) => [k, v ?? undefined])) };
  }
}

/** A page without a page: what a browser left behind, brought to the server. */
export class Remains implements Side {
  private readonly held: Content;
  plans: Plan[] = [];

  constructor(j: SyncJSON) {
    this.held = { order: [...j.content.order], blocks: new Map(j.content.blocks), fields: new Map(j.content.fields) };
  }

  content(): Content {
    return this.held;
  }

  take(plan: Plan): void {
    this.plans.push(plan);
    this.held.order = plan.order;
    for (const [id, v] of plan.blocks) this.held.blocks.set(id, v);
    for (const id of [...this.held.blocks.keys()]) if (!plan.order.includes(id)) this.held.blocks.delete(id);
    for (const [name, v] of plan.fields) this.held.fields.set(name, v);
  }
}
