import { type INestApplication, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';
import { Requires } from '../../libs/conversation-tracker/src/ports/rest/requires.decorator.js';

export interface MountedRoute {
  method: string;
  /** With its parameters as `:name`. */
  path: string;
  /** What the AccessPolicy is asked for. */
  action: string;
}

/** Every route of a started app's controllers. */
export function mountedRoutes(app: INestApplication): MountedRoute[] {
  const reflector = app.get(Reflector);
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()]);
  return controllers.flatMap(({ metatype }) => {
    const prototype = metatype!.prototype as Record<string, () => unknown>;
    const base = reflector.get<string>(PATH_METADATA, metatype!);
    return new MetadataScanner().getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name];
      const method = reflector.get<RequestMethod | undefined>(METHOD_METADATA, handler);
      if (method === undefined) return [];
      const path = reflector.get<string>(PATH_METADATA, handler);
      const action = reflector.get<string | undefined>(Requires, handler) ?? '';
      return [{ method: RequestMethod[method], path: `/${base}/${path}`.replace(/\/+$/, ''), action }];
    });
  });
}
