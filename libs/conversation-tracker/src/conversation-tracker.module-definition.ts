import { ConfigurableModuleBuilder, type DynamicModule } from '@nestjs/common';
import { coreProviders, GIVEN_OPTIONS } from './conversation-tracker.providers.js';
import { type ConversationTrackerExtras, type ConversationTrackerOptions } from './conversation-tracker.options.js';
import { TrackerError } from './kernel/errors.js';

const missing = (name: string) => ({
  useFactory: (): never => {
    throw new TrackerError(
      'configuration-invalid',
      `give "${name}" to ConversationTrackerModule.forRoot() or forRootAsync()`,
    );
  },
});

const extras: ConversationTrackerExtras = {
  orderSource: missing('orderSource'),
  accessPolicy: missing('accessPolicy'),
};

/** The room of the pages is loaded where it is asked for, and costs nobody else its templates. */
function adminModules({ admin }: ConversationTrackerExtras): Promise<DynamicModule>[] {
  return admin ? [import('./admin/admin.module.js').then(({ AdminModule }) => AdminModule.register(admin))] : [];
}

export const { ConfigurableModuleClass, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<ConversationTrackerOptions>({ optionsInjectionToken: GIVEN_OPTIONS })
    .setClassMethodName('forRoot')
    .setExtras(extras, (definition, given) => {
      const providers = coreProviders(given);
      return {
        ...definition,
        // The rooms below take the database, the bus and the ports from here without importing this module.
        global: true,
        imports: [...(definition.imports ?? []), ...(given.imports ?? []), ...adminModules(given)],
        providers: [...(definition.providers ?? []), ...providers],
        exports: [...(definition.exports ?? []), ...providers.map(({ provide }) => provide)],
      };
    })
    .build();
