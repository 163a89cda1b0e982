/** What must still be done when a fault of ours ends the process: the run that trades registers it, whoever catches the fault calls it. */

type Emergency = () => Promise<boolean>;

let registered: Emergency | null = null;

/** @param run cancels everything of ours and says whether nothing rests any more; null once there is nothing to cancel */
export const setEmergency = (run: Emergency | null): void => {
  registered = run;
};

const PATIENCE_MS = 8000;

/** @returns true where nothing of ours rests; also where nothing was trading */
export const runEmergency = async (): Promise<boolean> => {
  const run = registered;
  registered = null;
  if (run === null) return true;
  const giveUp = new Promise<boolean>((resolve) => void setTimeout(() => resolve(false), PATIENCE_MS));
  try {
    return await Promise.race([run(), giveUp]);
  } catch {
    // The fault that brought us here has been told; what failed now leaves orders possibly open, and that is what is reported.
    return false;
  }
};
