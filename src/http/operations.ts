import type { Delivery, DeliveryDetails, DeliveryListOptions, DeliveryPage } from '../dispatch/index.ts'
import type { Hook, OwnerScope } from '../hooks/index.ts'
import type {
  EnableOptions,
  HookHealth,
  Replayed,
  ReplayOptions,
  RetryOutcome,
  Statistics,
  StatisticsOptions,
  TestEventOptions,
} from '../operations/index.ts'

/** What the API does with hooks and deliveries beside what the registry does. */
export interface HttpOperations {
  /** @param budget the most deliveries to look at */
  page(options: DeliveryListOptions, budget: number): Promise<DeliveryPage>
  delivery(id: string, options: OwnerScope): Promise<Delivery & DeliveryDetails>
  retry(id: string, options: OwnerScope): Promise<RetryOutcome>
  replay(options: ReplayOptions): Promise<Replayed>
  test(hookId: number, options: TestEventOptions): Promise<{ id: string }>
  enable(id: number, options: EnableOptions): Promise<Hook>
  health(id: number, options: OwnerScope): Promise<HookHealth>
  stats(options: StatisticsOptions): Promise<Statistics>
}
