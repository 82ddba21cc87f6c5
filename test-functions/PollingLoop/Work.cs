namespace PollingLoop;

/// <summary>What an event asks for.</summary>
internal sealed record Work(string Kind = "", string Text = "", int Amount = 0);
