import { inspect } from 'node:util';
import { type DataSource } from 'typeorm';

/** As many kinds of statement as the way of a message has, and some more. */
const MAX_KEPT = 200;
/** A longer text is a list of ids: it rarely comes again with as many. */
const MAX_TEXT = 4_000;
/** An insert of more rows rarely comes again with as many. */
const MOST_ROWS = 8;
const NEXT_ROW = '), (?';
/** What may be prepared once: it ends by itself and changes nothing of the connection. */
const KEPT = /^(?:SELECT|INSERT|UPDATE|DELETE|BEGIN|COMMIT|ROLLBACK)\b/;

type Answer = (this: unknown, error: Error | null, rows?: unknown[]) => void;
type Ask = (parameters: unknown[], answer: Answer) => unknown;
type AskText = (text: string, parameters: unknown[] | undefined, answer: Answer) => unknown;

interface Statement {
  run: Ask;
  all: Ask;
  finalize(done: () => void): unknown;
}

/** What TypeORM uses of a connection of sqlite3, and what this module does. */
interface Connection {
  run: AskText;
  all: AskText;
  prepare(text: string, done: (this: Statement, error: Error | null) => void): Statement;
  close: (this: Connection, done: (error: Error | null) => void) => void;
}

/**
 * Makes statements on the package's own connection cheap: each is prepared once, as long as it is asked for again and again,
 * and none is searched for where in the code it came from. TypeORM has sqlite3 do both for each statement
 * (`sqlite3.verbose()`), for the host's connections as well, and those stay as they are.
 * @param dataSource opened with sqlite3 by whoever calls this, and used by nobody else.
 */
export function keepStatements(dataSource: DataSource): void {
  const { databaseConnection } = dataSource.driver as unknown as { databaseConnection: Connection };
  const statements = new Statements(databaseConnection);
  const { run, all, close } = databaseConnection;
  databaseConnection.run = (...asked) => statements.ask('run', run, asked);
  databaseConnection.all = (...asked) => statements.ask('all', all, asked);
  databaseConnection.close = (done) => statements.end(() => close.call(databaseConnection, done));
}

/** The prepared statements of a connection, the least recently asked for first. */
class Statements {
  /** `once` for a text that was asked for once: most of those never come again. */
  private readonly kept = new Map<string, Statement | 'once' | 'preparing'>();

  constructor(private readonly connection: Connection) {}

  ask(how: 'run' | 'all', plainly: AskText, [text, given = [], answer]: Parameters<AskText>): unknown {
    return untraced(() => {
      const parameters = untold([...given]);
      if (!mayBeKept(text)) return plainly.call(this.connection, text, parameters, untold(answer));
      const known = this.kept.get(text);
      this.kept.delete(text);
      this.kept.set(text, known === 'once' ? 'preparing' : (known ?? 'once'));
      this.makeRoom();
      if (isStatement(known)) return known[how](parameters, untold(this.endingFailed(text, known, answer)));
      if (known === 'once') this.prepare(text);
      return plainly.call(this.connection, text, parameters, untold(answer));
    });
  }

  end(done: () => void): void {
    const statements = [...this.kept.values()].filter(isStatement);
    this.kept.clear();
    let open = statements.length;
    if (open === 0) return done();
    for (const statement of statements) {
      statement.finalize(() => {
        open -= 1;
        if (open === 0) done();
      });
    }
  }

  /**
   * One that met a lock waits to be tried again: it is in progress until somebody ends it, and meanwhile no transaction of the
   * connection commits. So it ends before anybody hears of the failure.
   */
  private endingFailed(text: string, statement: Statement, answer: Answer): Answer {
    const { kept } = this;
    return function (this: unknown, error, rows) {
      if (!error) {
        answer.call(this, error, rows);
        return;
      }
      if (kept.get(text) === statement) kept.delete(text);
      statement.finalize(() => answer.call(this, error, rows));
    };
  }

  /** For the next time that it is asked for. */
  private prepare(text: string): void {
    const { kept } = this;
    this.connection.prepare(text, function (error) {
      // The text may have been forgotten meanwhile, and asked for again.
      const isWaitedFor = kept.get(text) === 'preparing';
      if (error && isWaitedFor) kept.delete(text);
      else if (isWaitedFor) kept.set(text, this);
      else if (!error) this.finalize(() => undefined);
    });
  }

  private makeRoom(): void {
    if (this.kept.size <= MAX_KEPT) return;
    const [[text, oldest]] = this.kept;
    this.kept.delete(text);
    if (isStatement(oldest)) oldest.finalize(() => undefined);
  }
}

function isStatement(kept: Statement | string | undefined): kept is Statement {
  return typeof kept === 'object';
}

function mayBeKept(text: string): boolean {
  return text.length <= MAX_TEXT && KEPT.test(text) && text.split(NEXT_ROW, MOST_ROWS + 1).length <= MOST_ROWS;
}

/**
 * sqlite3 writes down whatever it is given, at each call, for the stack of an error that may come: that takes longer than the
 * call, and what stands in a row has no place in an error.
 */
function untold<T extends object>(given: T): T {
  return Object.assign(given, { [inspect.custom]: () => '…' });
}

/** sqlite3 takes a stack trace at each call, whether or not it fails: one without frames costs next to nothing. */
function untraced<T>(call: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return call();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
