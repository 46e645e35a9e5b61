// `npm run api`: is packages/credits/api.md the package's public surface as it is built now? `npm run api -- --write`
// writes it. It is in git so that whoever changes what others build on sees it in the diff, and says so in a changeset.
import { API_CHANGED, readReport, reportApi, writeReport } from './package/api-report.mjs';
import { ensurePackageBuilt } from './setup/build.mjs';
import { ensureInstalled } from './setup/install.mjs';
import { runMain, step, StepFailure } from './setup/step.mjs';

await runMain(async () => {
  await ensureInstalled();
  await ensurePackageBuilt();
  await step('api report', (say) => {
    const report = reportApi();
    if (readReport() === report) return say('as it is');
    if (!process.argv.includes('--write')) throw new StepFailure(API_CHANGED);
    writeReport(report);
    say('written');
  });
});
