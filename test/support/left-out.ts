/** Says after a run of the specs what it did not do. */
export function teardown(): void {
  process.stdout.write(
    '\nLeft out, since it needs a server: PostgreSQL. `npm run test:postgres` runs the specs on one.\n',
  );
}
