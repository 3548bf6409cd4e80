using System.Collections.Concurrent;

namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>Proves components and keeps the proofs: a component whose cells stay the same stays as proved as it was, since every cell beside
/// it is shown.</summary>
internal sealed class ProofBook(LinkedSystem system, WorkBudget budget)
{
    private readonly ConcurrentDictionary<int, ComponentProof> proofs = new();

    /// <summary>The proof, or failed proof, of each component that holds one of the cells.</summary>
    public List<ComponentProof> Prove(IReadOnlyList<long?> shown, IEnumerable<int> around)
    {
        var components = HiddenComponents.Of(system, shown, around);
        var found = new ComponentProof[components.Count];
        // The large ones first, so that two processors end together.
        var order = Enumerable.Range(0, components.Count).OrderByDescending(i => components[i].Length).ToArray();
        Parallel.ForEach(
            Partitioner.Create(order, EnumerablePartitionerOptions.NoBuffering),
            i => found[i] = ProofOf(shown, components[i]));
        return [.. found];
    }

    private ComponentProof ProofOf(IReadOnlyList<long?> shown, int[] cells)
    {
        if (proofs.TryGetValue(cells[0], out var kept) && kept.Cells.AsSpan().SequenceEqual(cells)) return kept;
        var proof = new WitnessSearch(system, budget).Prove(shown, cells);
        return proofs[cells[0]] = proof;
    }
}
