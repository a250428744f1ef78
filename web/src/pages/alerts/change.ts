// Changing something about alerts: who may, and reading anew what it changed.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ALERTS_KEY } from "../../api/alerts.ts";
import { sessionQuery } from "../../api/queries.ts";

/** Only admins change things; the server refuses everybody else. */
export const useMayChange = (): boolean => useQuery(sessionQuery).data?.role === "admin";

export const ADMINS_ONLY = "Only admins change this. You may read everything, and try rules on the past.";

/** A change. When it is done, everything about alerts is read anew before onDone. */
export function useChange<In>(act: (input: In) => Promise<unknown>, onDone?: (input: In) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: async (_, input) => {
      await client.invalidateQueries({ queryKey: [ALERTS_KEY] });
      onDone?.(input);
    },
  });
}
