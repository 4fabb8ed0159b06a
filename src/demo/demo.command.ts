import { type DemoReport, runDemo } from './demo.js';

const report = await runDemo();
process.stdout.write(process.argv.includes('--json') ? `${JSON.stringify(report)}\n` : told(report));
process.exitCode = report.wrong.length > 0 ? 1 : 0;

function told(counted: DemoReport): string {
  const { orders, mailsDelivered, timelineMessages, answersRelayed, spoofsHeld, pushes, wrong, seconds } = counted;
  const { realAddressesInJson, realAddressesInPushes, realAddressesInLogs, realAddressesInMails } = counted;
  return [
    `${orders} orders went through their five steps in ${seconds.toFixed(1)} s.`,
    `Mails in the customers' mailboxes:  ${mailsDelivered}`,
    `Messages on the orders' timelines:  ${timelineMessages}`,
    `Answers at the other side:          ${answersRelayed}`,
    `Spoofed mails that were held:       ${spoofsHeld}`,
    `Pushes that the ERP got:            ${pushes}`,
    `Real addresses in order JSON:       ${realAddressesInJson}`,
    `Real addresses in pushes:           ${realAddressesInPushes}`,
    `Real addresses in log lines:        ${realAddressesInLogs}`,
    `Real addresses in mails:            ${realAddressesInMails}`,
    ...wrong.map((message) => `Wrong: ${message}.`),
    '',
  ].join('\n');
}
