// Makes a new Nest app, adds the package by `nest add`, marks a controller of orders, and asks for the first masked order.
//   node test/compat/fresh-app.mjs [--tarball FILE] [--keep]
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { packPackage } from '../../scripts/pack-package.mjs';
import { builtSqlite, run, startApp } from './strangers-app.mjs';

const NEST_CLI = '11.0.24';
const STEP_MS = 240_000;
const CUSTOMER = 'ana.perez@customer.example';

/** What the host's team writes: the controller that they have, with the decorator on it. */
const controller = `import { Body, Controller, Post } from '@nestjs/common';
import { MaskOrders } from 'nestjs-conversation-tracker';

@MaskOrders()
@Controller('orders')
export class OrdersController {
  @Post()
  place(@Body() order: object): object {
    return order;
  }
}
`;
/** The app says where it listens, as those of the compat rows do. */
const main = `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  await app.listen(0, '127.0.0.1');
  process.stdout.write(\`listening \${new URL(await app.getUrl()).port}\\n\`);
}
void bootstrap();
`;

const { values } = parseArgs({ options: { tarball: { type: 'string' }, keep: { type: 'boolean', default: false } } });
const directory = await mkdtemp(join(tmpdir(), 'ct-fresh-'));
const app = join(directory, 'shop');
const start = Date.now();

try {
  const tarball = values.tarball ? resolve(values.tarball) : await packPackage(directory);
  await step(
    'nest new',
    'npx',
    ['--yes', `@nestjs/cli@${NEST_CLI}`, 'new', 'shop', '--skip-git', '--package-manager', 'npm'],
    directory,
  );
  // `nest add` would install the package by its name, which a tarball has not.
  await step('npm install', 'npm', ['install', '--no-audit', '--no-fund', tarball], app);
  await step('nest add', 'npx', ['nest', 'add', 'nestjs-conversation-tracker', '--skip-install'], app);
  const modules = join(app, 'node_modules');
  await cp(builtSqlite(resolve('node_modules')), builtSqlite(modules), { recursive: true });
  await writeFile(join(app, 'src/orders.controller.ts'), controller);
  await writeFile(join(app, 'src/main.ts'), main);
  const rootModule = join(app, 'src/app.module.ts');
  const text = await readFile(rootModule, 'utf8');
  const named = text.replace('controllers: [AppController]', 'controllers: [AppController, OrdersController]');
  await writeFile(rootModule, `import { OrdersController } from './orders.controller';\n${named}`);
  await step('npm run build', 'npm', ['run', 'build'], app);
  await askForOrder();
  console.log(`The first masked order ${Math.round((Date.now() - start) / 1000)} s after nest new.`);
  await step('its own end-to-end test', 'npm', ['run', 'test:e2e'], app);
} catch (error) {
  console.error(`${error.stdout ?? ''}${error.stderr ?? ''}${error.stack}`);
  process.exitCode = 1;
} finally {
  if (values.keep) console.log(`kept: ${directory}`);
  else await rm(directory, { recursive: true, force: true });
}

async function step(name, command, args, cwd) {
  const begin = Date.now();
  await run(command, args, cwd, STEP_MS);
  console.log(`${name} (${Math.round((Date.now() - begin) / 1000)} s)`);
}

async function askForOrder() {
  const { url, said, stop } = await startApp(app);
  try {
    if (!url) throw new Error(`the app did not start: ${said()}`);
    const order = { orderId: 'o-1', customer: { email: CUSTOMER }, note: `or write to ${CUSTOMER}` };
    const response = await fetch(`${url}/orders`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(order),
    });
    const body = await response.text();
    console.log(body);
    if (body.includes(CUSTOMER) || !/[0-9a-f]{32}@ct\.example\.com/.test(body)) throw new Error('it is not masked');
  } finally {
    await stop();
  }
}
