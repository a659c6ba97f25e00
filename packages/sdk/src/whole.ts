/** @module Leaves what writes to the spool where delivery-on-demand.ts looks first. For older Nodes, and for bundlers, which see imports only. */
import * as delivery from "./delivery.ts";
import { giveDelivery } from "./delivery-on-demand.ts";

giveDelivery(delivery);
