namespace Nexus.Differential.Tests.Cases;

internal static class QueueCases
{
    public static IReadOnlyList<DifferentialCase> List { get; } =
    [
        new("queue: all processed", "QueueWorker", "\"batchItemFailures\": []", Batch(("m1", Job("a", 1)), ("m2", Job("b", 2)))),
        new(
            "queue: partial failures",
            "QueueWorker",
            "\"itemIdentifier\": \"m3\"",
            Batch(("m1", Job("a", 1)), ("m2", Job("b", -1)), ("m3", "not json"), ("m4", Job("c", 4)))
        ),
        new("queue: empty batch", "QueueWorker", "\"batchItemFailures\": []", Batch()),
        new("queue: no records", "QueueWorker", "NullReferenceException", "{}"),
        new("queue: send a batch and drain", "QueueWorker", "\"successful\": \"5\"", "\"jobs\"")
        {
            Handler = "QueueWorker::QueueWorker.QueueTools::RoundTrip",
        },
        new("queue: missing queue", "QueueWorker", "QueueDoesNotExistException", "\"none\"")
        {
            Handler = "QueueWorker::QueueWorker.QueueTools::RoundTrip",
        },
    ];

    private static string Job(string id, int quantity) => $$"""{\"id\":\"{{id}}\",\"quantity\":{{quantity}}}""";

    private static string Batch(params (string Id, string Body)[] messages) =>
        $$"""{"Records":[{{string.Join(',', messages.Select(message => Record(message.Id, message.Body)))}}]}""";

    private static string Record(string id, string body) =>
        $$"""
            {
              "messageId": "{{id}}", "receiptHandle": "handle-{{id}}", "body": "{{body}}", "attributes": { "ApproximateReceiveCount": "1" },
              "messageAttributes": {}, "md5OfBody": "", "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:jobs", "awsRegion": "us-east-1"
            }
            """;
}
