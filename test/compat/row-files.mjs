/** The `row.ts` of a row: see app/row.ts. `database`, `hostModules` and `hostProviders` are TypeScript. */
export function rowModule({
  database,
  hostTransactions = false,
  dataSourceName,
  imports = '',
  hostModules = '[]',
  hostProviders = '[]',
}) {
  return `import { type ModuleMetadata } from '@nestjs/common';
import { type TypeOrmModuleOptions } from '@nestjs/typeorm';
${imports}
export const database: TypeOrmModuleOptions = ${database};
export const dataSourceName: string | undefined = ${JSON.stringify(dataSourceName)};
export const hostTransactions: boolean = ${hostTransactions};
export const hostModules: NonNullable<ModuleMetadata['imports']> = ${hostModules};
export const hostProviders: NonNullable<ModuleMetadata['providers']> = ${hostProviders};
`;
}

/** Finds the host's own entities, and none of a package. */
export const globRow = rowModule({
  database: `{ type: 'sqlite', database: './oms.sqlite', entities: [__dirname + '/*-row.js'] }`,
});

const jestConfig = JSON.stringify({
  testRegex: '\\.jest\\.ts$',
  transform: { '\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/../tsconfig.json', diagnostics: false }] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironment: 'node',
});

const jestTest = `import 'reflect-metadata';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AppModule } from './app.module';

let app: INestApplication;

beforeAll(async () => {
  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  app = module.createNestApplication();
  await app.listen(0, '127.0.0.1');
});
afterAll(() => app.close());

it('masks an order', async () => {
  const response = await fetch(\`\${await app.getUrl()}/orders\`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ id: 'jest-1', email: 'ana@customer.example', note: 'to ana@customer.example' }),
  });
  const body = await response.text();
  expect(response.status).toBe(201);
  expect(body).not.toContain('customer.example');
  expect(body).toMatch(/[0-9a-f]{32}@ct[.]example[.]com/);
});
`;

/** A suite of the stranger's own: Jest runs CommonJS alone. */
export const jestFiles = { 'jest.config.json': jestConfig, 'orders.jest.ts': jestTest };

/** A resolver that hands out an order as text, masked by the service: the interceptor leaves GraphQL alone. */
const resolver = `import { Args, Query, Resolver } from '@nestjs/graphql';
import { OrderMaskingService } from 'nestjs-conversation-tracker';
import { YourOrders } from './your-tracker.js';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

@Resolver()
export class OrdersResolver {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly orderMasking: OrderMaskingService,
  ) {}

  @Query(() => String)
  async order(@Args('id') id: string): Promise<string> {
    const order = await new YourOrders(this.dataSource).findOrder({ storeId: 'default', orderId: id });
    return this.orderMasking.maskToJson(order ?? {});
  }
}
`;

export const graphqlFiles = (database) => ({
  'orders.resolver.ts': resolver,
  'row.ts': rowModule({
    database,
    hostTransactions: true,
    imports: `import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { GraphQLModule } from '@nestjs/graphql';
import { OrdersResolver } from './orders.resolver.js';
`,
    hostModules: '[GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true })]',
    hostProviders: '[OrdersResolver]',
  }),
});

/** As docs/guides/operations.md shows it. */
const health = `import { Controller, Get, Module } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { TrackerHealth } from 'nestjs-conversation-tracker';

@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly tracker: TrackerHealth,
  ) {}

  @Get()
  @HealthCheck()
  check() {
    return this.health.check([() => this.tracker.indicator('conversation-tracker')]);
  }
}

@Module({ imports: [TerminusModule], controllers: [HealthController] })
export class HealthModule {}
`;

export const terminusFiles = (database) => ({
  'health.module.ts': health,
  'row.ts': rowModule({
    database,
    imports: `import { HealthModule } from './health.module.js';\n`,
    hostModules: '[HealthModule]',
  }),
});

export const fastifyMain = `import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import multipart from '@fastify/multipart';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';

async function main(): Promise<void> {
  const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), {
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  await app.register(multipart);
  app.enableShutdownHooks();
  await app.listen(0, '127.0.0.1');
  process.stdout.write(\`listening \${new URL(await app.getUrl()).port}\\n\`);
}

main().catch((error: unknown) => {
  process.stderr.write(\`\${error instanceof Error ? error.message : String(error)}\\n\`);
  process.exitCode = 1;
});
`;
