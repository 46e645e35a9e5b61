// `npm run api`: is each package's api.md its public surface as it is built now? `npm run api -- --write` writes them.
// They are in git: a change of the public surface shows in the diff, and needs a changeset.
import { apiChanged, readReport, reportApi, writeReport } from './package/api-report.mjs';
import { ensurePackagesBuilt } from './setup/build.mjs';
import { ensureInstalled } from './setup/install.mjs';
import { PACKAGES } from './setup/source-aliases.mjs';
import { runMain, step, StepFailure } from './setup/step.mjs';

await runMain(async () => {
  await ensureInstalled();
  await ensurePackagesBuilt();
  for (const folder of PACKAGES) {
    await step(`api report ${folder}`, (report) => {
      const surface = reportApi(folder);
      if (readReport(folder) === surface) return report('as it is');
      if (!process.argv.includes('--write')) throw new StepFailure(apiChanged(folder));
      writeReport(folder, surface);
      report('written');
    });
  }
});
