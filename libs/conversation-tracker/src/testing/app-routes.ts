/** The documented paths of an OpenAPI document, as far as they are read. */
export interface OpenApiDocument {
  paths: Readonly<Record<string, unknown>>;
}

interface ExpressLayer {
  route?: { path?: unknown; methods?: Readonly<Record<string, boolean>> };
}

interface ExpressRouter {
  stack: readonly ExpressLayer[];
}

/** What is used of an Express application or a Fastify instance. */
export interface AdapterInstance {
  router?: ExpressRouter;
  /** Express 4; there `router` throws. */
  _router?: ExpressRouter;
  printRoutes?(options: { method: string }): string;
}

const FASTIFY_LINE = /^((?:[│ ] {3})*)[├└]── (.*?)(?: \(([A-Z, -]+)\))?(?: \{.*\})?$/;

/** The paths of all GET routes, parameters written `:name`. */
export function getRoutesOf(instance: AdapterInstance): string[] {
  const paths = instance.printRoutes ? fastifyPaths(instance.printRoutes({ method: 'GET' })) : expressPaths(instance);
  return [...new Set(paths)];
}

/** The same as an OpenAPI document tells them. */
export function documentedGetRoutes({ paths }: OpenApiDocument): string[] {
  return Object.entries(paths)
    .filter(([, item]) => typeof item === 'object' && item !== null && 'get' in item)
    .map(([path]) => path.replaceAll(/\{([^}]+)\}/g, ':$1'));
}

function expressPaths(instance: AdapterInstance): string[] {
  const { stack = [] } = instance._router ?? instance.router ?? {};
  return stack.flatMap(({ route }) => {
    const isGet = route?.methods?.['get'] === true || route?.methods?.['_all'] === true;
    const paths = isGet ? [route?.path].flat() : [];
    return paths.filter((path) => typeof path === 'string');
  });
}

/** Fastify tells its routes as a drawing of its tree alone. */
function fastifyPaths(drawing: string): string[] {
  const above: string[] = [];
  return drawing.split('\n').flatMap((line) => {
    const [, indent, segment, methods] = FASTIFY_LINE.exec(line) ?? [];
    if (indent === undefined) return [];
    const depth = indent.length / 4;
    above.length = depth;
    above.push(segment === '(empty root node)' ? '' : segment);
    return methods?.split(', ').includes('GET') ? [above.join('')] : [];
  });
}
