import { fastifyMain, globRow, graphqlFiles, jestFiles, rowModule, terminusFiles } from './row-files.mjs';

const common = {
  '@types/node': '20.19.43',
  'class-transformer': '0.5.1',
  'class-validator': '0.15.1',
  'reflect-metadata': '0.2.2',
  rxjs: '7.8.2',
  'sql.js': '1.16.0',
  typescript: '5.9.3',
};

const nest = (version, ...platforms) =>
  Object.fromEntries(['common', 'core', ...platforms].map((name) => [`@nestjs/${name}`, version]));

/** What strangers have installed. Several rows may stand on one of them. */
export const installations = {
  'nest-11': {
    type: 'commonjs',
    compilerOptions: { module: 'commonjs', moduleResolution: 'node10' },
    dependencies: {
      ...common,
      ...nest('11.2.10', 'platform-express'),
      '@nestjs/testing': '11.2.6',
      '@nestjs/typeorm': '11.0.3',
      '@nestjs/schedule': '6.1.3',
      '@nestjs/event-emitter': '3.1.0',
      'sanitize-html': '2.17.5',
      typeorm: '0.3.31',
      sqlite3: '6.0.1',
      jest: '30.5.2',
      '@jest/globals': '30.5.2',
      'ts-jest': '29.4.15',
      '@nestjs/graphql': '13.4.5',
      '@nestjs/apollo': '13.4.5',
      '@apollo/server': '5.5.1',
      '@as-integrations/express5': '1.1.2',
      graphql: '16.15.0',
    },
  },
  'nest-12': {
    type: 'module',
    compilerOptions: { module: 'nodenext', moduleResolution: 'nodenext' },
    dependencies: {
      ...common,
      ...nest('12.5.1', 'platform-express'),
      '@nestjs/platform-fastify': '12.5.0',
      '@fastify/multipart': '10.1.9',
      busboy: '1.6.0',
      '@nestjs/typeorm': '12.0.2',
      '@nestjs/schedule': '12.0.2',
      '@nestjs/terminus': '12.1.0',
      '@nestjs/event-emitter': '12.0.1',
      'sanitize-html': '2.17.5',
      typeorm: '1.1.1',
      pg: '8.23.1',
    },
  },
  'nest-10': {
    type: 'commonjs',
    compilerOptions: { module: 'commonjs', moduleResolution: 'node10' },
    dependencies: {
      ...common,
      'reflect-metadata': '0.1.13',
      ...nest('10.4.22', 'platform-express'),
      '@nestjs/typeorm': '11.0.3',
      '@nestjs/schedule': '4.1.2',
      '@nestjs/event-emitter': '2.1.1',
      typeorm: '0.3.20',
    },
  },
};

const sqlite = `{ type: 'sqlite', database: './oms.sqlite' }`;
const sqljs = `{ type: 'sqljs' }`;
const postgres = `{ type: 'postgres', url: process.env.DATABASE_URL }`;

/** The strangers' apps, each with what is its own. What is of an installation is looked at in the `first` on it. */
export const rows = [
  {
    name: 'Nest 11, CommonJS, TypeORM 0.3, sqlite3, the README’s lines',
    installation: 'nest-11',
    appModule: 'readme-app.module.ts',
    files: { 'row.ts': rowModule({ database: sqlite, hostTransactions: true }) },
    habits: false,
    first: true,
  },
  {
    name: 'Nest 11 with its own schedule, emitter, serializer, order.created; Jest',
    installation: 'nest-11',
    files: { 'row.ts': rowModule({ database: sqlite, hostTransactions: true }), ...jestFiles },
    jest: true,
  },
  {
    name: 'Nest 11 with GraphQL',
    installation: 'nest-11',
    files: graphqlFiles(sqlite),
    graphql: true,
  },
  {
    name: 'Nest 11 with a named DataSource',
    installation: 'nest-11',
    files: { 'row.ts': rowModule({ database: sqlite, hostTransactions: true, dataSourceName: 'oms' }) },
  },
  {
    name: 'Nest 11, CommonJS, TypeORM 0.3, sqlite3, on Node 22',
    installation: 'nest-11',
    files: { 'row.ts': rowModule({ database: sqlite, hostTransactions: true }) },
    node: '22',
  },
  {
    name: 'Nest 11, entities by glob',
    installation: 'nest-11',
    files: { 'row.ts': globRow },
    refuses: /conversationTrackerEntities.*glob/,
  },
  {
    name: 'Nest 12, ES modules, TypeORM 1.x, sql.js, @nestjs/terminus',
    installation: 'nest-12',
    files: terminusFiles(sqljs),
    first: true,
    health: true,
  },
  {
    name: 'Nest 12, ES modules, TypeORM 1.x, PostgreSQL',
    installation: 'nest-12',
    files: { 'row.ts': rowModule({ database: postgres, hostTransactions: true }) },
    postgres: true,
  },
  {
    name: 'Nest 12, ES modules, TypeORM 1.x, PostgreSQL, on Node 24',
    installation: 'nest-12',
    files: { 'row.ts': rowModule({ database: postgres, hostTransactions: true }) },
    postgres: true,
    node: '24',
  },
  {
    name: 'Nest 12, Fastify with @fastify/multipart',
    installation: 'nest-12',
    files: { 'row.ts': rowModule({ database: sqljs }), 'main.ts': fastifyMain },
    forms: true,
  },
  {
    name: 'Nest 10.4, CommonJS, TypeORM 0.3.20, sql.js',
    installation: 'nest-10',
    files: { 'row.ts': rowModule({ database: sqljs }) },
    html: false,
    first: true,
  },
];
