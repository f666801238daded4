// Shows the chosen filters of a new memo as chips.
import { watchFilters } from "./filters.js";

watchFilters(document.getElementById("composer"));
