'use client';

import CreditsDisplay from '@/components/CreditsDisplay';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/credits/ui/card';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '@/components/credits/ui/tabs';
import { DisplayGallery } from './display-gallery';
import { LiveDevtools } from './live-devtools';
import { ScenarioList } from './scenario-list';
import { useDocumentedScenarios } from './use-documented-scenarios';
import { useFailureScenarios, useMutationScenarios } from './use-mutation-scenarios';

/**
 * Every way in which the balance can change, to be tried and watched: the documented hooks, the recommended mutation,
 * and what networks do to both. Credits go to a practice account of the user's own and come back from it.
 */
export default function CreditsUpdateExample() {
  const documented = useDocumentedScenarios();
  const recommended = useMutationScenarios();
  const failures = useFailureScenarios();
  return (
    <div className="grid grid-cols-1 gap-6">
      {/* Phones have no number in the header: here it stays in sight while scenarios run. */}
      <div className="sticky top-17 z-10 justify-self-center rounded-full shadow-lg sm:hidden">
        <CreditsDisplay variant="prominent" size="md" />
      </div>
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-2">
        {/* The panel comes first where it fits beside the scenarios, and after them where it does not. */}
        <div className="order-2 min-w-0 lg:sticky lg:top-22 lg:order-1 lg:self-start">
          <LiveDevtools />
        </div>
        <div className="order-1 grid grid-cols-1 content-start gap-6 lg:order-2">
          <Tabs defaultValue="mutation" className="gap-0">
            <Card>
              <CardHeader className="pb-5">
                <CardTitle>Change the balance</CardTitle>
                <CardDescription>
                  The same scenarios in both forms. New code takes the mutation: one call, exact to the operation.
                </CardDescription>
                <TabsList className="col-span-2 mt-3">
                  <TabsTrigger value="mutation">Mutation</TabsTrigger>
                  <TabsTrigger value="documented">Documented hooks</TabsTrigger>
                </TabsList>
              </CardHeader>
              <TabsContent value="mutation">
                <ScenarioList scenarios={recommended} />
              </TabsContent>
              <TabsContent value="documented">
                <ScenarioList scenarios={documented} />
              </TabsContent>
            </Card>
          </Tabs>
          <Card>
            <CardHeader className="pb-5">
              <CardTitle>Break something</CardTitle>
              <CardDescription>
                One fault at a time. Whatever happens, the number is confirmed plus pending, and ends where the ledger
                is.
              </CardDescription>
            </CardHeader>
            <CardContent className="p-0 sm:px-0">
              <ScenarioList scenarios={failures} />
            </CardContent>
          </Card>
        </div>
      </div>
      <DisplayGallery />
    </div>
  );
}
