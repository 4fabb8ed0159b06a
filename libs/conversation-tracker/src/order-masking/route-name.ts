import { type ExecutionContext } from '@nestjs/common';

/** What Express and Fastify know of the route that a request came by. */
interface RoutedRequest {
  method: string;
  route?: { path?: unknown };
  routeOptions?: { url?: unknown };
}

/** Method and route path, such as `GET /orders/:id`: never the concrete URL, which may name somebody. */
export function routeName(context: ExecutionContext): string {
  const { method, route, routeOptions } = context.switchToHttp().getRequest<RoutedRequest>();
  const path = route?.path ?? routeOptions?.url;
  return `${method} ${typeof path === 'string' ? path : `${context.getClass().name}.${context.getHandler().name}`}`;
}
