// Undo and redo: a stack of batches, each a list of {cell, before, after}.

export function changesOf(apply) {
  const done = [];
  const undone = [];
  const flip = ({ cell, before, after }) => ({ cell, before: after, after: before });

  return {
    /** Apply a batch as one step; cells that do not change are left out. */
    make(batch) {
      const real = batch.filter(({ before, after }) => before !== after);
      if (!real.length) return false;
      apply(real);
      done.push(real);
      undone.length = 0;
      return true;
    },
    undo() {
      const batch = done.pop();
      if (batch) {
        apply(batch.map(flip));
        undone.push(batch);
      }
      return Boolean(batch);
    },
    redo() {
      const batch = undone.pop();
      if (batch) {
        apply(batch);
        done.push(batch);
      }
      return Boolean(batch);
    },
    can: (way) => (way === "undo" ? done : undone).length > 0,
    forget() {
      done.length = 0;
      undone.length = 0;
    },
  };
}
