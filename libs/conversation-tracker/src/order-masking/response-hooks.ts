/** A method of a response, whatever it takes. */
export type Method = (this: unknown, ...input: unknown[]) => unknown;

/** What stands in the place of methods of one response; each gets what the method was called with. */
export interface Takeover<Name extends string> {
  methods: Readonly<Record<Name, (input: unknown[]) => unknown>>;
  /** The methods that were there before; they are to be called on the response. Set by {@link takeOver}. */
  below: Readonly<Record<Name, Method>>;
}

type Hook = Method & { [ORIGINAL]?: () => Method };

/** A response's takeover, and the hooks that act for it: those further down its prototypes pass on. */
interface Taken {
  methods: Takeover<string>['methods'];
  hooks: Readonly<Record<string, Method>>;
}

const ORIGINAL = Symbol.for('nestjs-conversation-tracker/original-method');
const TAKEN = Symbol.for('nestjs-conversation-tracker/taken-responses');

/** Shared by all copies of the package in a process: a hook stays on its prototype for good, so one has to do for all. */
const taken = ((globalThis as unknown as Record<symbol, WeakMap<object, Taken> | undefined>)[TAKEN] ??= new WeakMap());

/**
 * Puts the methods of `takeover` in the place of the response's own. A property of its own costs Express's responses, whose
 * prototype is changed in each request, several microseconds: so the prototypes get hooks once, which ask whether a response is
 * taken over. A response of which a middleware has replaced a method gets properties, so that ours are called first.
 * @param names of the methods, each with the one next to which it is hooked: on the prototype that owns that one.
 */
export function takeOver<Name extends string>(
  response: object,
  names: Readonly<Record<Name, Name>>,
  takeover: Takeover<Name>,
): void {
  const own = response as Record<Name, Hook>;
  const all = Object.keys(names) as Name[];
  const isFirst = !taken.has(response);
  const hooks = {} as Record<Name, Method>;
  const below = {} as Record<Name, Method>;
  let isHooked = isFirst;
  for (const name of all) {
    const original = isFirst ? hooked(own, name, names[name]) : undefined;
    isHooked &&= original !== undefined;
    hooks[name] = own[name];
    below[name] = original ?? own[name];
  }
  takeover.below = below;
  if (isHooked) taken.set(response, { methods: takeover.methods, hooks });
  else for (const name of all) own[name] = (...input) => takeover.methods[name](input);
}

/**
 * Runs what sends a response that was taken over by hooks with the response's own methods, and leaves them to it. What stands in
 * a WeakMap outlives collections of young garbage, and all that a response holds with it. Where it throws, somebody else will
 * answer, and the response stays taken.
 */
export function giveBack<T>(response: object, methods: Takeover<string>['methods'], send: () => T): T {
  const takeover = taken.get(response);
  if (takeover?.methods !== methods) return send();
  taken.delete(response);
  try {
    return send();
  } catch (error) {
    taken.set(response, takeover);
    throw error;
  }
}

/** Puts the methods of `takeover` in the place of the response's own as its properties: quicker where no prototype is changed. */
export function replaceMethods<Name extends string>(
  response: object,
  names: Readonly<Record<Name, Name>>,
  takeover: Takeover<Name>,
): void {
  const own = response as Record<Name, Method>;
  const below = {} as Record<Name, Method>;
  for (const name of Object.keys(names) as Name[]) {
    below[name] = own[name];
    own[name] = (...input) => takeover.methods[name](input);
  }
  takeover.below = below;
}

/** The method below the hook by which it is called; `undefined` where it is the response's own and cannot be hooked. */
function hooked<Name extends string>(response: Record<Name, Hook>, name: Name, beside: Name): Method | undefined {
  const prototype = response[name][ORIGINAL] || Object.hasOwn(response, name) ? null : prototypeWith(response, beside);
  if (prototype && Object.isExtensible(prototype)) hook(prototype, name);
  return response[name][ORIGINAL]?.();
}

function hook(prototype: object, name: string): void {
  const own = Object.getOwnPropertyDescriptor(prototype, name);
  if (own && (!own.configurable || !('value' in own))) return;
  // What is inherited may be replaced later, by a tool that traces requests.
  const original = (): Method =>
    (own?.value ?? (Object.getPrototypeOf(prototype) as Record<string, Method>)[name]) as Method;
  const value: Hook = function (...input) {
    const takeover = taken.get(this as object);
    return takeover?.hooks[name] === value ? takeover.methods[name](input) : original().apply(this, input);
  };
  value[ORIGINAL] = original;
  Object.defineProperty(prototype, name, { writable: true, enumerable: true, configurable: true, ...own, value });
}

function prototypeWith(response: object, name: string): object | null {
  let prototype = Object.getPrototypeOf(response) as object | null;
  while (prototype && !Object.hasOwn(prototype, name)) prototype = Object.getPrototypeOf(prototype) as object | null;
  return prototype;
}
