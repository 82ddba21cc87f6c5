namespace QueueWorker;

/// <summary>A message's body.</summary>
public record Job(string Id, int Quantity);
