/** How many values of a parameter are tried. */
const MOST_VALUES = 5;
const PARAMETER = /:(\w+)(?:\([^)]*\))?\??|\*\w*/g;

type Values = Map<string, Set<string>>;

/** The values for path parameters: those given, and those that earlier answers showed. */
export class RouteValues {
  private readonly everywhere: Values = new Map();
  private readonly byRoute = new Map<string, Values>();

  constructor(private readonly given: Readonly<Record<string, string | readonly string[]>>) {}

  /** Remembers what an answer names, so that a list leads to its elements. */
  learn(route: string, answer: unknown): void {
    const own: Values = this.byRoute.get(route) ?? new Map();
    this.byRoute.set(route, own);
    const open: unknown[] = [answer];
    for (let value = open.pop(); value !== undefined; value = open.pop()) {
      if (typeof value !== 'object' || value === null) continue;
      for (const [name, member] of Object.entries(value)) {
        if (typeof member === 'object' && member !== null) open.push(member);
        if (typeof member !== 'string' && typeof member !== 'number') continue;
        for (const values of [own, this.everywhere]) add(values, name.toLowerCase(), String(member));
      }
    }
  }

  /** The paths to ask for a route; none where a value is missing, and `missing` says of which parameters. */
  pathsOf(route: string): { paths: string[]; missing: string[] } {
    // An optional part of Express 5 is left out.
    const plain = route.replaceAll(/\{[^}]*\}/g, '');
    const parameters = [...plain.matchAll(PARAMETER)].map(({ 0: text, 1: name, index }) => ({
      name: name ?? '*',
      values: this.valuesOf(name ?? '*', plain.slice(0, index).replace(/\/$/, '')),
      text,
    }));
    const missing = parameters.filter(({ values }) => values.length === 0).map(({ name }) => name);
    if (missing.length > 0) return { paths: [], missing };
    const tries = Math.max(1, ...parameters.map(({ values }) => values.length));
    const paths = Array.from({ length: tries }, (_, attempt) =>
      parameters.reduce(
        (path, { text, values }) => path.replace(text, () => encodeURIComponent(values[attempt % values.length])),
        plain,
      ),
    );
    return { paths: [...new Set(paths)], missing };
  }

  /** @param collection the path before the parameter: what `GET` of it answers are most likely the ones. */
  private valuesOf(name: string, collection: string): string[] {
    const given = Object.hasOwn(this.given, name) ? [this.given[name]].flat() : [];
    if (given.length > 0) return given;
    const names = /id$/i.test(name) ? [name.toLowerCase(), 'id'] : [name.toLowerCase()];
    const own = this.byRoute.get(collection);
    const found = names.flatMap((known) => [...(own?.get(known) ?? [])]);
    const values = found.length > 0 ? found : [...(this.everywhere.get(name.toLowerCase()) ?? [])];
    return [...new Set(values)].slice(0, MOST_VALUES);
  }
}

function add(values: Values, name: string, value: string): void {
  const known = values.get(name) ?? new Set();
  if (known.size < MOST_VALUES && value !== '') known.add(value);
  values.set(name, known);
}
